import { ladderTerms, type LadderDraft, type RuleDraft } from '../../src/domain/draft-ladder';
import type { Ladder, WindowKind } from '../../src/domain/ladder';
import type { Fact } from '../../src/domain/metrics';

export const SHANGHAI = { zone: 'Asia/Shanghai', currency: 'CNY', dayCutMinutes: 240 };

export const spend = (required: string, window: WindowKind, months: number | null = null): RuleDraft => ({
  match: 'ALL',
  conditions: [{ metric: 'SPEND', required, window, months }],
});

/** Member, silver from 5,000 a year (kept with 4,000 in the validity), gold from 20,000 (kept with 15,000). */
export const DRAFT: LadderDraft = {
  effectiveFrom: new Date('2020-01-01T00:00:00Z'),
  validityMonths: 12,
  graceDays: 30,
  downgrade: 'ONE_DOWN',
  revertWithinDays: 15,
  tiers: [
    { code: 'MEMBER', rank: 0, upgrade: null, retain: null },
    { code: 'SILVER', rank: 1, upgrade: spend('5000', 'ROLLING_MONTHS', 12), retain: spend('4000', 'VALIDITY') },
    { code: 'GOLD', rank: 2, upgrade: spend('20000', 'ROLLING_MONTHS', 12), retain: spend('15000', 'VALIDITY') },
  ].map((tier) => ({
    ...tier,
    names: [
      { locale: 'en', name: tier.code.toLowerCase() },
      { locale: 'zh-CN', name: `${tier.code}卡` },
    ],
    earnMultiplier: tier.rank === 0 ? '1' : `1.${tier.rank * 2}`,
    discountBps: tier.rank * 500,
    benefits: [],
  })),
};

let made = 0;

export function ladder(draft: Partial<LadderDraft> = {}, group: Partial<typeof SHANGHAI> = {}): Ladder {
  const whole = { ...DRAFT, ...draft };
  const terms = ladderTerms(whole, { ...SHANGHAI, ...group });
  if (!terms.ok) throw new Error(`${terms.error.fault} at ${terms.error.path.join('.')}`);
  made += 1;
  return {
    ...terms.value,
    id: `ladder-${made}`,
    version: BigInt(made),
    status: 'ACTIVE',
    effectiveFrom: whole.effectiveFrom,
    effectiveTo: null,
  };
}

/** A sale of so many yuan. */
export const sale = (purchaseId: string, at: string, yuan: bigint, growth = 0n): Fact => ({
  id: purchaseId,
  purchaseId,
  at: new Date(at),
  saleAt: new Date(at),
  kind: 'SALE',
  spendMinor: yuan * 100n,
  growth,
  currency: 'CNY',
});

export const refund = (of: Fact, at: string, yuan: bigint, growth = 0n): Fact => ({
  ...of,
  id: `${of.purchaseId}-${at}`,
  at: new Date(at),
  kind: 'REFUND',
  spendMinor: yuan * -100n,
  growth: -growth,
});
