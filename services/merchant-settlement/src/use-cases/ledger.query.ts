// The ledger, as screens read it.
import type { Tx } from '@atrium/platform';
import {
  type BalanceRow,
  findBalances,
  findPostingLines,
  findPostings,
  findPostingsOfPurchases,
  type PostingLineRow,
  type PostingRow,
} from '../storage/ledger.repository';
import { groupBy } from './purchase.query';

export type PostingView = PostingRow & { lines: PostingLineRow[] };
export type { BalanceRow };

export const readBalances = findBalances;

async function withLines(tx: Tx, postings: readonly PostingRow[]): Promise<PostingView[]> {
  if (postings.length === 0) return [];
  const lines = groupBy(await findPostingLines(tx, postings), ({ postingId }) => postingId);
  return postings.map((posting) => ({ ...posting, lines: lines.get(posting.id) ?? [] }));
}

export const readPostings = async (
  tx: Tx,
  merchantId: string,
  page: { limit: number; after: { at: Date; id: string } | null },
): Promise<PostingView[]> => withLines(tx, await findPostings(tx, merchantId, page));

export async function readPostingsOfPurchases(
  tx: Tx,
  purchases: readonly { id: string; merchantId: string }[],
): Promise<Map<string, PostingView[]>> {
  const postings = await withLines(tx, await findPostingsOfPurchases(tx, purchases));
  return groupBy(postings, ({ purchaseId }) => purchaseId ?? '');
}
