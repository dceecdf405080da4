import { formatMinor, parseMoney } from '@atrium/kernel';
import type { GraphQLClient } from '@atrium/platform/operator';

const BATCH = 100;

const APPLIED = `query ($source: String!, $ids: [String!]!) { purchases: purchasesByExternalIds(sourceSystem: $source, externalIds: $ids) {
  id paid { amount currency } refunded { amount } member { id }
  points { earned reversed growth } tierChange { id } couponsGranted { id } messages { id } postings { id } } }`;

interface Row {
  paid: { amount: string; currency: string };
  member: { id: string } | null;
  points: { earned: string; reversed: string; growth: string } | null;
  tierChange: { id: string } | null;
  couponsGranted: { id: string }[] | null;
  messages: { id: string }[] | null;
  postings: { id: string }[] | null;
}

export interface Summary {
  sales: number;
  paid: string;
  points: bigint;
  growth: bigint;
  /** Sales of members whose points have not been applied yet. */
  waiting: number;
  tierChanges: number;
  coupons: number;
  messages: number;
  postings: number;
}

/** What the graph says of these sales: read through the gateway, so that every number is one that a user sees. */
export async function summarise(
  client: GraphQLClient,
  source: string,
  externalIds: readonly string[],
  currency: string,
): Promise<Summary> {
  const total: Summary = {
    sales: 0,
    paid: '',
    points: 0n,
    growth: 0n,
    waiting: 0,
    tierChanges: 0,
    coupons: 0,
    messages: 0,
    postings: 0,
  };
  let paidMinor = 0n;
  for (let i = 0; i < externalIds.length; i += BATCH) {
    const ids = externalIds.slice(i, i + BATCH);
    const { purchases } = await client.ask<{ purchases: (Row | null)[] }>(APPLIED, { source, ids });
    for (const row of purchases) {
      if (!row) continue;
      total.sales++;
      const paid = parseMoney(row.paid.amount, row.paid.currency);
      if (paid.ok) paidMinor += paid.value.amountMinor;
      if (row.points) {
        total.points += BigInt(row.points.earned) - BigInt(row.points.reversed);
        total.growth += BigInt(row.points.growth);
      } else if (row.member) total.waiting++;
      if (row.tierChange) total.tierChanges++;
      total.coupons += row.couponsGranted?.length ?? 0;
      total.messages += row.messages?.length ?? 0;
      total.postings += row.postings?.length ?? 0;
    }
  }
  total.paid = formatMinor(paidMinor, currency);
  return total;
}
