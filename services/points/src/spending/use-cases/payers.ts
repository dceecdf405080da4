// What the rules ask about who pays: balance, debt, tier, what was paid with points today. Only what they do ask is read.
import { addDays, businessDate, parseLocalDateTime } from '@atrium/kernel';
import { findOrgNodes, type OrgNode, type Tx } from '@atrium/platform';
import { tierAt } from '../../earning/domain/tier-timeline';
import { findLadders, findTierPeriods } from '../../earning/storage/tier.repository';
import { type Ledger, spendableLots } from '../../ledger/domain/ledger';
import type { SpendTerms } from '../../programme/domain/terms';
import type { Payer } from '../domain/quote';
import { findSpent } from '../storage/spent.repository';

export interface Asked {
  readonly memberId: string;
  readonly mallId: string;
  readonly terms: SpendTerms | null;
}

export interface Payers {
  /** As the ledger stands at this moment. */
  payer(ledger: Ledger, mallId: string): Payer;
  /** Counts for the day's cap of those who come after in the same batch. */
  spent(ledger: Ledger, mallId: string, points: bigint): void;
}

export async function payersFor(tx: Tx, asked: readonly Asked[]): Promise<Payers> {
  const tiers = await tierCodes(
    tx,
    asked.filter(({ terms }) => terms && Object.keys(terms.tierConversions).length > 0),
  );
  const today = await spentToday(
    tx,
    asked.filter(({ terms }) => terms && terms.maxPointsPerDay !== null),
  );
  return {
    payer: (ledger, mallId) => ({
      available: spendableLots(ledger).reduce((sum, { available }) => sum + available, 0n),
      debt: ledger.account.debt,
      frozen: ledger.account.frozen || ledger.account.merging,
      tierCode: tiers.get(ledger.memberId) ?? null,
      spentToday: today.get(keyOf(ledger.memberId, mallId)) ?? 0n,
    }),
    spent: (ledger, mallId, points) => {
      const key = keyOf(ledger.memberId, mallId);
      today.set(key, (today.get(key) ?? 0n) + points);
    },
  };
}

const keyOf = (memberId: string, mallId: string): string => `${memberId} ${mallId}`;

async function tierCodes(tx: Tx, asked: readonly Asked[]): Promise<Map<string, string>> {
  if (asked.length === 0) return new Map();
  const periods = await findTierPeriods(
    tx,
    asked.map(({ memberId }) => memberId),
  );
  const ladders = await findLadders(tx);
  const codes = new Map<string, string>();
  for (const { memberId } of asked) {
    const tier = tierAt(periods.get(memberId) ?? [], ladders, tx.now);
    if (tier) codes.set(memberId, tier.code);
  }
  return codes;
}

async function spentToday(tx: Tx, asked: readonly Asked[]): Promise<Map<string, bigint>> {
  const spent = new Map<string, bigint>();
  const malls = await findOrgNodes(
    tx,
    asked.map(({ mallId }) => mallId),
  );
  for (const { memberId, mallId } of asked) {
    const mall = malls.get(mallId);
    const key = keyOf(memberId, mallId);
    if (!mall || spent.has(key)) continue;
    const [from, to] = businessDay(tx.now, mall);
    spent.set(key, await findSpent(tx, memberId, from, to));
  }
  return spent;
}

/** From day cut to day cut, by the mall's clock. */
function businessDay(now: Date, { timeZone, dayCutMinutes }: OrgNode): [Date, Date] {
  const date = businessDate(now, timeZone, dayCutMinutes);
  const clock = new Date(dayCutMinutes * 60_000).toISOString().slice(11, 16);
  const at = (day: string) => parseLocalDateTime(`${day}T${clock}`, timeZone) ?? now;
  return [at(date), at(addDays(date, 1))];
}
