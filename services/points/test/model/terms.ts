// A story's programme as the service reads it.
import { ANY_SALE, DEFAULT_PROGRAMME, PLAIN_CAMPAIGN } from '../../src/programme/domain/terms';
import type { Setting } from './story';

export function termsOf({ rules, policy: how }: Setting, merchantId: (name: string) => string) {
  const p = rules.programme;
  const D = DEFAULT_PROGRAMME;
  const expiry =
    how.expiry.mode === 'NEVER'
      ? { mode: 'NEVER' }
      : how.expiry.mode === 'DAYS'
        ? { mode: 'AFTER', count: how.expiry.days, unit: 'DAY', from: how.expiry.from, roundTo: 'NONE' }
        : { mode: 'END_OF_PERIOD', period: 'MONTH', count: how.expiry.more };
  return {
    programme: {
      ...D,
      expiry,
      lateCreditDays: how.lateCreditDays,
      earning: {
        ...D.earning,
        basis: p.basis,
        withinGroup: p.within,
        acrossGroups: p.across,
        maxMultiplier: p.maxMultiplier,
        rounding: p.rounding,
        maxPointsPerTransaction: p.perTransaction,
        maxPointsPerDay: p.perDay,
        maxPointsPerMerchantDay: p.perMerchantDay,
        pending: how.pendingDays === null ? { mode: 'ON_EVENT' } : { mode: 'DAYS', days: how.pendingDays },
        backdated: { approvalAfterDays: null, rejectAfterDays: null },
      },
      growth: { ...D.growth, ...p.growth },
      spending: {
        ...D.spending,
        conversions: [{ points: 1n, valueMinor: 1n, currency: 'CNY' }],
        holdMinutes: how.holdMinutes,
      },
      refunds: { ...D.refunds, afterExpiry: how.afterExpiry, spentPoints: how.spentPoints },
      desk: { ...D.desk, approvalAbove: 1_000_000n },
      dayCutHour: how.dayCutHour,
    },
    earn: rules.earn.map((rule) => ({
      merchantId: rule.merchant === null ? null : merchantId(rule.merchant),
      storeId: null,
      category: rule.category,
      channel: rule.channel,
      paymentMethod: rule.payment,
      rate: rule.rate,
      growthRate: rule.growthRate,
    })),
    campaigns: rules.campaigns.map((c) => ({
      code: c.code,
      from: new Date(c.from),
      to: new Date(c.to),
      terms: {
        ...PLAIN_CAMPAIGN,
        group: c.group,
        multiplier: c.multiplier,
        priority: c.priority,
        conditions: { ...ANY_SALE, category: c.category, paymentMethod: c.payment },
        tiers: c.tiers,
        calendar: c.weekdays === null ? { mode: 'ALWAYS' } : { mode: 'WEEKDAYS', weekdays: c.weekdays },
        budget: c.budget,
        thresholds: c.thresholds.map((step) => ({ ...step, currency: 'CNY' })),
      },
    })),
  };
}
