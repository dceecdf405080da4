// A posting is the way from what was posted to what is due: balanced, and nothing at all when both are the same.
import type { Account, Target } from './obligations';

export interface PostingLine {
  account: string;
  debitMinor: bigint;
  creditMinor: bigint;
  memo: string | null;
}

/** Accounts in the order in which people read a posting: debits of costs and claims first, then what is owed. */
const ORDER: readonly Account[] = [
  'RECEIVABLE',
  'PARTNER_RECEIVABLE',
  'POINTS_COST',
  'COUPON_COST',
  'TIER_DISCOUNT_COST',
  'WRITE_OFF',
  'MEMBER_POINTS_DEBT',
  'INTER_MERCHANT',
  'POINTS_LIABILITY',
  'PAYABLE',
  'PARTNER_PAYABLE',
  'MERCHANT_SHARE_INCOME',
  'BREAKAGE',
];

/**
 * The lines that bring `posted` to `target`.
 * @throws RangeError when target or posted do not balance: a mistake in the rules, never to be stored.
 */
export function difference(target: Target, posted: Target): PostingLine[] {
  const lines: PostingLine[] = [];
  let sum = 0n;
  for (const account of ORDER) {
    const change = (target[account] ?? 0n) - (posted[account] ?? 0n);
    sum += change;
    if (change > 0n) lines.push({ account, debitMinor: change, creditMinor: 0n, memo: null });
    if (change < 0n) lines.push({ account, debitMinor: 0n, creditMinor: -change, memo: null });
  }
  if (sum !== 0n) throw new RangeError(`a posting must balance, this one is off by ${sum}`);
  return [...lines.filter((line) => line.debitMinor > 0n), ...lines.filter((line) => line.creditMinor > 0n)];
}

/** Zero amounts say nothing: without them equal states are equal. */
export function compact(target: Target): Target {
  return Object.fromEntries(Object.entries(target).filter(([, amount]) => amount !== 0n));
}
