// What has to happen so that the graph's rules are those of a file: pure, so that it can be looked at before it is done.
import type { WantedRule } from './read';
import type { TermsField } from './vocabulary';

type Terms = Readonly<Record<TermsField, object | null>>;

/** A version of a rule with all its terms, as the graph answers it. */
export interface RuleVersion extends Terms {
  kind: string;
  code: string;
  effectiveFrom: string;
  effectiveTo: string | null;
}
export interface KeptVersion extends RuleVersion {
  id: string;
  version: number;
  status: string;
}

export interface Difference {
  field: string;
  from: unknown;
  to: unknown;
}

export type Change =
  /** `before`: the version that holds at that time now; null: there is none. */
  | {
      act: 'PUBLISH';
      wanted: WantedRule;
      rule: RuleVersion;
      before: KeptVersion | null;
      differences: Difference[];
      newest: number;
    }
  | { act: 'RETIRE'; rule: KeptVersion };

export interface Plan {
  changes: Change[];
  unchanged: number;
  /** In the file, but their time is over: nothing becomes of them. */
  over: RuleVersion[];
}

const endOf = ({ effectiveTo }: RuleVersion): string => effectiveTo ?? '9999';
const sameRule = (a: RuleVersion, b: RuleVersion): boolean => a.kind === b.kind && a.code === b.code;
const nameOf = ({ kind, code }: RuleVersion): string => `${kind}\n${code}`;
const contentOf = ({ effectiveFrom, effectiveTo, programme, earn, campaign, interaction }: RuleVersion): string =>
  JSON.stringify([effectiveFrom, effectiveTo, programme, earn, campaign, interaction]);

/** The versions of one rule that hold now or at some time to come: of those that cover an instant, the newest. */
export function living<T extends RuleVersion & { version: number }>(versions: readonly T[], now: string): T[] {
  const instants = [now, ...versions.flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo ?? now])];
  const found = new Set<T>();
  for (const at of instants.filter((instant) => instant >= now)) {
    const covering = versions.filter((version) => version.effectiveFrom <= at && endOf(version) > at);
    const newest = covering.sort((a, b) => b.version - a.version)[0];
    if (newest) found.add(newest);
  }
  return [...found].sort(byBeginning);
}

const byBeginning = (a: RuleVersion, b: RuleVersion): number => (a.effectiveFrom < b.effectiveFrom ? -1 : 1);

/** Those of the graph that count: drafts do not. */
export const published = (versions: readonly KeptVersion[]): KeptVersion[] =>
  versions.filter(({ status }) => status === 'ACTIVE' || status === 'RETIRED');

/** `rules` are the wanted ones with all their terms, in the same order. */
export function planOf(
  kept: readonly KeptVersion[],
  wanted: readonly WantedRule[],
  rules: readonly RuleVersion[],
  now: string,
): Plan {
  const plan: Plan = { changes: [], unchanged: 0, over: [] };
  const all = rules.flatMap((rule, i) => {
    const own = wanted[i];
    return own ? [{ rule, wanted: own }] : [];
  });
  plan.over = all.filter(({ rule }) => endOf(rule) <= now).map(({ rule }) => rule);
  const alive = all.filter(({ rule }) => endOf(rule) > now);
  const names = new Set([...alive.map(({ rule }) => nameOf(rule)), ...published(kept).map(nameOf)]);
  const retired: Change[] = [];
  for (const name of names) {
    const versions = kept.filter((version) => nameOf(version) === name);
    const own = alive.filter(({ rule }) => nameOf(rule) === name).sort((a, b) => byBeginning(a.rule, b.rule));
    const publishing = planRule(versions, own, now);
    plan.unchanged += own.length - publishing.length;
    plan.changes.push(...publishing);
    retired.push(...leftover(versions, own, publishing, now));
  }
  plan.changes.push(...retired);
  return plan;
}

type Own = { rule: RuleVersion; wanted: WantedRule };

function planRule(
  versions: readonly KeptVersion[],
  own: readonly Own[],
  now: string,
): Extract<Change, { act: 'PUBLISH' }>[] {
  const current = living(published(versions), now);
  const newest = Math.max(0, ...versions.map(({ version }) => version));
  const changes: Extract<Change, { act: 'PUBLISH' }>[] = [];
  for (const { rule, wanted } of own) {
    const same = current.some((version) => contentOf(version) === contentOf(rule));
    // A new version lies over those that begin later as well: they are published once more, above it.
    const covered = changes.some((change) => endOf(change.rule) > rule.effectiveFrom);
    if (same && !covered) continue;
    const before = beforeOf(current, rule);
    changes.push({
      act: 'PUBLISH',
      wanted,
      rule,
      before,
      differences: differencesOf(before, rule),
      newest: newest + changes.length,
    });
  }
  return changes;
}

/** What the new version takes the place of: the one with its beginning, or the one that holds then. */
function beforeOf(current: readonly KeptVersion[], rule: RuleVersion): KeptVersion | null {
  const same = current.find(({ effectiveFrom }) => effectiveFrom === rule.effectiveFrom);
  const covering = current.filter(
    (version) => version.effectiveFrom <= rule.effectiveFrom && endOf(version) > rule.effectiveFrom,
  );
  return same ?? covering.at(-1) ?? current.at(-1) ?? null;
}

/** What would still hold at some time although the file does not want it. */
function leftover(
  versions: readonly KeptVersion[],
  own: readonly Own[],
  publishing: readonly Change[],
  now: string,
): Change[] {
  const after: (RuleVersion & { version: number })[] = [...published(versions)];
  const top = Math.max(0, ...versions.map(({ version }) => version));
  publishing.forEach((change, i) => after.push({ ...change.rule, version: top + 1 + i }));
  return living(after, now)
    .filter((version): version is KeptVersion => 'id' in version)
    .filter((version) => !own.some(({ rule }) => sameRule(rule, version) && contentOf(rule) === contentOf(version)))
    .map((rule) => ({ act: 'RETIRE', rule }));
}

export function differencesOf(before: RuleVersion | null, after: RuleVersion): Difference[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => old.get(field) !== now.get(field))
    .map((field) => ({ field, from: old.get(field) ?? null, to: now.get(field) ?? null }));
}

function flat(rule: RuleVersion | null): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object') return void found.set(path, value);
    // A list of words is one thing, a list of objects has fields of its own.
    if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
      if (value.length > 0) found.set(path, value.join(', '));
      return;
    }
    // Texts by language are known by it, not by their place.
    if ('locale' in value && 'name' in value) {
      return void found.set(path.replace(/\d+$/, String(value.locale)), value.name);
    }
    for (const [name, each] of Object.entries(value)) walk(each, path === '' ? name : `${path}.${name}`);
  };
  if (!rule) return found;
  const { effectiveFrom, effectiveTo, programme, earn, campaign, interaction } = rule;
  walk({ effectiveFrom, effectiveTo }, '');
  walk(programme ?? earn ?? campaign ?? interaction, '');
  return found;
}
