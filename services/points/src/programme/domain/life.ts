// The life of a rule's version: drafted, agreed by a second person, put into force, ended. What was in force stays in
// force for its time: an end never lies before the instant at which it is said.
import { err, ok, type Result } from '@atrium/kernel';
import type { RuleStatus, RuleVersion } from './rules';

export type LifeRefusal =
  | { readonly code: 'POINTS_RULE_STATE'; readonly status: RuleStatus }
  | { readonly code: 'OWN_DRAFT' }
  /** A newer version of the rule is in force or waits: this draft was written before it. */
  | { readonly code: 'POINTS_RULE_OUTDATED'; readonly newerVersion: bigint }
  | {
      readonly code: 'INVALID_INPUT';
      readonly path: readonly string[];
      readonly reason: 'PAST' | 'INTERVAL' | 'LATER';
    };

type Life = Pick<RuleVersion<unknown>, 'status' | 'version' | 'effectiveFrom' | 'effectiveTo'>;

const only = (rule: Life, ...statuses: RuleStatus[]): Result<void, LifeRefusal> =>
  statuses.includes(rule.status) ? ok(undefined) : err({ code: 'POINTS_RULE_STATE', status: rule.status });

export function mayApprove(rule: Life & { draftedBy: string }, actor: string): Result<void, LifeRefusal> {
  const state = only(rule, 'DRAFT');
  if (!state.ok) return state;
  return rule.draftedBy === actor ? err({ code: 'OWN_DRAFT' }) : state;
}

export function mayActivate(rule: Life, siblings: readonly Life[]): Result<void, LifeRefusal> {
  const state = only(rule, 'APPROVED');
  if (!state.ok) return state;
  const newer = siblings.filter(isPublished).find(({ version }) => version > rule.version);
  return newer ? err({ code: 'POINTS_RULE_OUTDATED', newerVersion: newer.version }) : state;
}

export const mayDiscard = (rule: Life): Result<void, LifeRefusal> => only(rule, 'DRAFT', 'APPROVED');

/** When the version ends, asked for `wanted` (absent: now). One that has not begun never begins. */
export function endOf(rule: Life, wanted: Date | null, now: Date): Result<Date, LifeRefusal> {
  const state = only(rule, 'ACTIVE', 'RETIRED');
  if (!state.ok) return state;
  const refuse = (reason: 'PAST' | 'LATER') =>
    err<LifeRefusal>({ code: 'INVALID_INPUT', path: ['effectiveTo'], reason });
  if (rule.effectiveTo !== null && rule.effectiveTo <= now)
    return err({ code: 'POINTS_RULE_STATE', status: rule.status });
  if (wanted !== null && wanted < now) return refuse('PAST');
  const end = wanted ?? now;
  if (rule.effectiveTo !== null && end > rule.effectiveTo) return refuse('LATER');
  return ok(end < rule.effectiveFrom ? rule.effectiveFrom : end);
}

/**
 * Older versions that the retired one had replaced for good; they end with it. An older version that would have come
 * back anyway, because it lives longer, still does; one that has not been replaced yet, because the retired one has not
 * begun, goes on.
 */
export function replacedBy<T extends Life>(rule: Life, siblings: readonly T[], now: Date): T[] {
  if (rule.effectiveFrom > now) return [];
  const last = rule.effectiveTo?.getTime() ?? Infinity;
  return siblings
    .filter(isPublished)
    .filter(({ version, effectiveTo }) => version < rule.version && (effectiveTo?.getTime() ?? Infinity) <= last);
}

const isPublished = ({ status }: Life): boolean => status === 'ACTIVE' || status === 'RETIRED';
