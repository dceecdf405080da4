// Staff publish a version of a rule. Sales that were rated keep the versions that rated them.
import { compare, err, naturalId, ok, parseRational, type Result, uuidv7, ZERO } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import type { CampaignTerms, EarnTerms, ProgrammeTerms } from '../domain/terms';
import { publishRule as announce } from '../../ledger/events/points-events';
import { type AnyRule, insertRule, nextRuleVersion } from '../storage/rule.repository';

export type RuleDraft = { effectiveFrom: Date; effectiveTo: Date | null } & (
  | { kind: 'PROGRAMME'; code: 'PROGRAMME'; terms: ProgrammeTerms }
  | { kind: 'EARN'; code: string; terms: EarnTerms }
  | { kind: 'CAMPAIGN'; code: string; terms: CampaignTerms }
);

export type RuleRefusal = { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; path: string[]; reason: RuleFault };
export type RuleFault =
  'CODE' | 'INTERVAL' | 'NEGATIVE' | 'NOT_POSITIVE' | 'PERCENT' | 'MULTIPLIER' | 'CONVERSION' | 'MONTHS' | 'EMPTY';

export async function publishRule(
  tx: Tx,
  command: { key: string; actor: string; draft: RuleDraft },
): Promise<Result<AnyRule, RuleRefusal | IdempotencyRefusal>> {
  const { key, actor, draft } = command;
  return idempotent<AnyRule, RuleRefusal>(
    tx,
    { key, operation: `publishPointsRule.${draft.kind}`, actor, input: draft },
    async () => {
      const fault = faultOf(draft);
      if (fault) return err({ code: 'INVALID_INPUT', path: [fault[0]], reason: fault[1] });
      if (draft.kind === 'EARN' && draft.terms.merchantId !== null) {
        const merchant = await findOrgNode(tx, draft.terms.merchantId);
        if (merchant?.kind !== 'MERCHANT') return err({ code: 'NOT_FOUND' });
      }
      const version = await nextRuleVersion(tx, draft.kind, draft.code);
      const rule: AnyRule = {
        ...draft,
        id: uuidv7(tx.now),
        ruleId: naturalId('points-rule', tx.groupId ?? '', draft.kind, draft.code),
        version,
        status: 'ACTIVE',
      };
      await insertRule(tx, rule, actor);
      await announce(tx, rule);
      return ok(rule);
    },
  );
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

function faultOf(draft: RuleDraft): [field: string, fault: RuleFault] | null {
  if (!CODE.test(draft.code)) return ['code', 'CODE'];
  if (draft.effectiveTo && draft.effectiveTo <= draft.effectiveFrom) return ['effectiveTo', 'INTERVAL'];
  switch (draft.kind) {
    case 'PROGRAMME':
      return programmeFault(draft.terms);
    case 'EARN':
      if (isNegative(draft.terms.rate)) return ['rate', 'NEGATIVE'];
      if (draft.terms.growthRate !== null && isNegative(draft.terms.growthRate)) return ['growthRate', 'NEGATIVE'];
      return draft.terms.category === '' ? ['category', 'EMPTY'] : null;
    case 'CAMPAIGN':
      // The best one counts: a multiplier below one would never be chosen on purpose.
      return isBelow(draft.terms.multiplier, '1') ? ['multiplier', 'MULTIPLIER'] : null;
  }
}

function programmeFault({
  earning,
  expiry,
  lateCreditDays,
  spending,
  desk,
  growth,
}: ProgrammeTerms): [string, RuleFault] | null {
  if (expiry.mode === 'AFTER' && !(expiry.count >= 1 && expiry.count <= 600)) return ['expiryMonths', 'MONTHS'];
  const currencies = new Set(spending.conversions.map(({ currency }) => currency));
  if (currencies.size !== spending.conversions.length) return ['conversions', 'CONVERSION'];
  if (spending.conversions.some(({ points, valueMinor }) => points <= 0n || valueMinor <= 0n)) {
    return ['conversions', 'CONVERSION'];
  }
  if (spending.minPoints < 0n) return ['minPoints', 'NEGATIVE'];
  if (spending.stepPoints <= 0n) return ['stepPoints', 'NOT_POSITIVE'];
  if (isNegative(spending.maxPercentOfEligible) || isBelow('100', spending.maxPercentOfEligible)) {
    return ['maxPercentOfEligible', 'PERCENT'];
  }
  if (spending.holdMinutes < 1) return ['holdMinutes', 'NOT_POSITIVE'];
  if (desk.approvalAbove < 0n) return ['adjustApprovalAbove', 'NEGATIVE'];
  if (lateCreditDays < 0) return ['graceDays', 'NEGATIVE'];
  const { approvalAfterDays, rejectAfterDays } = earning.backdated;
  if ((approvalAfterDays ?? 0) < 0 || (rejectAfterDays ?? 0) < 0) return ['backdated', 'NEGATIVE'];
  return isNegative(growth.perUnit) ? ['growthPerUnit', 'NEGATIVE'] : null;
}

const isNegative = (decimal: string): boolean => isBelow(decimal, '0');

function isBelow(a: string, b: string): boolean {
  return compare(parseRational(a) ?? ZERO, parseRational(b) ?? ZERO) < 0;
}
