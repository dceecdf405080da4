// A member's transfers, both ways.
import type { Page, Tx } from '@atrium/platform';
import type { Transfer } from '../domain/transfer';
import { findTransfers, findTransfersOf } from '../storage/transfer.repository';

export type { Transfer };

export const transfers = (tx: Tx, memberId: string, page: Page): Promise<Transfer[]> =>
  findTransfersOf(tx, memberId, page);

export const transfer = async (tx: Tx, memberId: string, id: string): Promise<Transfer | null> =>
  (await findTransfers(tx, [memberId], [id])).get(id) ?? null;
