// Balances as they are at this moment, whether the jobs have written it down or not.
import type { Tx } from '@atrium/platform';
import { openLedgers, readOneMoment } from '../storage/ledger.repository';
import { findMembers } from '../storage/member.repository';

export interface AccountView {
  memberId: string;
  available: bigint;
  held: bigint;
  pending: bigint;
  debt: bigint;
  growth: bigint;
}

/** Members without an account have zeros. */
export async function accounts(tx: Tx, memberIds: readonly string[]): Promise<Map<string, AccountView>> {
  await readOneMoment(tx);
  const ledgers = await openLedgers(tx, memberIds, { lock: false });
  return new Map(
    [...ledgers].map(([memberId, { account }]) => {
      const { available, held, pending, debt, growth } = account;
      return [memberId, { memberId, available, held, pending, debt, growth }];
    }),
  );
}

export const knownMembers = async (tx: Tx, memberIds: readonly string[]): Promise<Set<string>> =>
  new Set((await findMembers(tx, memberIds)).keys());

/** Unspent points that expire before an instant, by their expiry: as they are now, whatever the jobs have written down. */
export async function expiringPoints(
  tx: Tx,
  memberId: string,
  before: Date,
): Promise<{ expiresAt: Date; amount: bigint }[]> {
  const ledgers = await openLedgers(tx, [memberId], { lock: false, spending: [memberId] });
  const sums = new Map<number, bigint>();
  for (const { pending, available, expiresAt } of ledgers.get(memberId)?.lots.values() ?? []) {
    if (expiresAt === null || expiresAt >= before || pending + available === 0n) continue;
    sums.set(expiresAt.getTime(), (sums.get(expiresAt.getTime()) ?? 0n) + pending + available);
  }
  return [...sums].sort(([a], [b]) => a - b).map(([at, amount]) => ({ expiresAt: new Date(at), amount }));
}
