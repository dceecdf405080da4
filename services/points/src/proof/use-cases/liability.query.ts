// What is outstanding: read from the newest snapshot, never added up for a request.
import { localDate, startOfMonth } from '@atrium/kernel';
import { findOrgNode, type Tx } from '@atrium/platform';
import { byAge, type LiabilityGrouping, pointsOf, type Sum, totalOf, worth } from '../domain/liability';
import { findSnapshot, findSums, type Snapshot } from '../storage/liability.repository';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';

export type { LiabilityGrouping } from '../domain/liability';

export interface LiabilityLine extends Sum {
  readonly points: bigint;
  readonly valueMinor: bigint | null;
}

export interface LiabilityView {
  readonly snapshot: Snapshot;
  readonly lines: readonly LiabilityLine[];
  readonly total: LiabilityLine;
  readonly currency: string | null;
}

export const isMall = async (tx: Tx, id: string): Promise<boolean> => (await findOrgNode(tx, id))?.kind === 'MALL';

const COLUMN = { FUNDER: 'funder_id', AGE: 'earned_month', EXPIRY: 'expires_month' } as const;

export async function liability(
  tx: Tx,
  ask: { asOf: Date | null; mallId: string | null; groupBy: LiabilityGrouping },
): Promise<LiabilityView | null> {
  const snapshot = await findSnapshot(tx, ask.asOf);
  if (!snapshot) return null;
  const group = await findOrgNode(tx, tx.groupId ?? '');
  const found = await findSums(tx, snapshot.id, COLUMN[ask.groupBy], ask.mallId);
  const month = startOfMonth(localDate(snapshot.asOf, group?.timeZone ?? 'UTC'));
  const sums = ask.groupBy === 'AGE' ? byAge(found, month) : found;
  const programme = programmeAt(await findRules(tx), snapshot.asOf);
  const conversion = programme?.terms.spending.conversions.find(({ currency }) => currency === group?.currency);
  const value = conversion ? worth(sums, conversion) : null;
  const line = (sum: Sum, valueMinor: bigint | null): LiabilityLine => ({ ...sum, points: pointsOf(sum), valueMinor });
  return {
    snapshot,
    lines: sums.map((sum, i) => line(sum, value?.rowsMinor[i] ?? null)),
    total: line(totalOf(sums), value?.totalMinor ?? null),
    currency: conversion?.currency ?? null,
  };
}
