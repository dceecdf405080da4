// Rules and sales for the specs of the domain, as short as they can be said.
import type { LineToRate, SaleToRate } from '../src/earning/domain/inputs';
import type { TierInForce } from '../src/earning/domain/tier-timeline';
import { type RuleBook, ruleBook } from '../src/programme/domain/rule-book';
import type { RuleVersion } from '../src/programme/domain/rules';
import {
  ANY_SALE,
  type CampaignTerms,
  DEFAULT_PROGRAMME,
  type EarningTerms,
  type EarnTerms,
  PLAIN_CAMPAIGN,
  type ProgrammeTerms,
} from '../src/programme/domain/terms';

export const AT = new Date('2026-03-10T04:00:00Z');

export const version = <T>(code: string, terms: T, rest: Partial<RuleVersion<T>> = {}): RuleVersion<T> => ({
  id: `${code}-${rest.version ?? 1n}`,
  ruleId: code,
  code,
  version: 1n,
  effectiveFrom: new Date('2020-01-01'),
  effectiveTo: null,
  status: 'ACTIVE',
  terms,
  ...rest,
});

export const programme = (earning: Partial<EarningTerms> = {}, rest: Partial<ProgrammeTerms> = {}) =>
  version<ProgrammeTerms>('PROGRAMME', {
    ...DEFAULT_PROGRAMME,
    ...rest,
    earning: {
      ...DEFAULT_PROGRAMME.earning,
      backdated: { approvalAfterDays: null, rejectAfterDays: null },
      ...earning,
    },
  });

export const earnRule = (code: string, rate: string, terms: Partial<EarnTerms> = {}) =>
  version<EarnTerms>(code, { ...ANY_SALE, growthRate: null, rate, ...terms });

export const campaign = (code: string, terms: Partial<CampaignTerms>, rest: Partial<RuleVersion<CampaignTerms>> = {}) =>
  version<CampaignTerms>(code, { ...PLAIN_CAMPAIGN, ...terms }, rest);

export interface SomeRules {
  programme?: RuleVersion<ProgrammeTerms> | null;
  earn?: readonly RuleVersion<EarnTerms>[];
  campaigns?: readonly RuleVersion<CampaignTerms>[];
}

/** One point for each unit of currency, unless other rules are given. */
export const bookOf = (rules: SomeRules = {}): RuleBook =>
  ruleBook({
    programmes: rules.programme === null ? [] : [rules.programme ?? programme()],
    earn: rules.earn ?? [earnRule('BASE', '1')],
    campaigns: rules.campaigns ?? [],
    interactions: [],
  });

export const lineOf = (paidMinor: bigint, rest: Partial<LineToRate> = {}): Omit<LineToRate, 'lineNo'> => ({
  category: 'FOOD',
  grossMinor: paidMinor,
  pointsValueMinor: 0n,
  paidMinor,
  ...rest,
});

export const saleOf = (
  lines: readonly (bigint | Omit<LineToRate, 'lineNo'>)[],
  rest: Partial<Omit<SaleToRate, 'lines'>> = {},
): SaleToRate => ({
  merchantId: 'M',
  storeId: 'S',
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  occurredAt: AT,
  receivedAt: rest.occurredAt ?? AT,
  channel: null,
  payments: [],
  lines: lines.map((line, i) => ({ lineNo: i + 1, ...(typeof line === 'bigint' ? lineOf(line) : line) })),
  ...rest,
});

export const tierOf = (code: string, multiplier: string): TierInForce => ({
  code,
  multiplier,
  ladderVersionId: 'ladder',
});
