// Growth comes from the points context, as totals of a sale that replace each other by version.
import type { Tx } from '@atrium/platform';
import { lockMembers } from '../storage/member-tier.repository';
import { saveGrowth, type GrowthRow } from '../storage/metric-fact.repository';
import { refoldMembers } from './refold-members';

export interface GrowthPosted {
  memberId: string;
  purchaseId: string;
  saleAt: Date;
  currency: string;
  earnedTotal: bigint;
  reversedTotal: bigint;
  version: bigint;
  /** The refund behind this posting, with what it took back. */
  refund: { refundId: string; refundedAt: Date; growthReversed: bigint } | null;
}

export async function recordGrowth(tx: Tx, postings: readonly GrowthPosted[]): Promise<void> {
  const known = postings.filter(({ memberId }) => memberId !== '');
  if (known.length === 0) return;
  const ids = known.map(({ memberId }) => memberId);
  const locked = await lockMembers(tx, ids);
  await saveGrowth(tx, known.flatMap(rowsOf));
  await refoldMembers(tx, locked);
}

function rowsOf({ refund, ...posted }: GrowthPosted): GrowthRow[] {
  const { memberId, purchaseId, currency } = posted;
  const key = { memberId, purchaseId, currency, growthVersion: posted.version };
  const sale: GrowthRow = {
    ...key,
    factId: purchaseId,
    occurredAt: posted.saleAt,
    growthEarned: posted.earnedTotal,
    growthReversed: posted.reversedTotal,
  };
  if (!refund) return [sale];
  const { refundId: factId, refundedAt: occurredAt, growthReversed } = refund;
  return [sale, { ...key, factId, occurredAt, growthEarned: 0n, growthReversed }];
}
