// How many months of the ledger have a partition of their own still before them.
import type { Tx } from '@atrium/platform';
import { firstMonthWithout } from '../storage/partition.repository';

export async function partitionsLeft(tx: Tx): Promise<number> {
  const first = await firstMonthWithout(tx, 'entry');
  if (first === null) return 0;
  const months = (year: number, month: number) => year * 12 + month;
  const [year = 0, month = 1] = first.split('-').map(Number);
  return months(year, month - 1) - months(tx.now.getUTCFullYear(), tx.now.getUTCMonth()) - 1;
}
