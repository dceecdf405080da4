import type { Tx } from '@atrium/platform';
import type { ProgrammeVersion } from '../domain/programme';

/** A handful for each group. */
export async function findProgrammes(tx: Tx): Promise<ProgrammeVersion[]> {
  return tx.prepared<ProgrammeVersion>(
    'settlement.programme.find',
    `select id, version, effective_from as "effectiveFrom", effective_to as "effectiveTo", published_at as "publishedAt",
       split_tender as "splitTender" from points_programme where group_id = $1`,
    [tx.groupId],
  );
}

/** An end stays and only comes nearer, so the order of the news does not matter. */
export async function saveProgrammes(tx: Tx, rows: readonly ProgrammeVersion[]): Promise<void> {
  for (const row of rows) {
    await tx.prepared(
      'settlement.programme.save',
      `insert into points_programme as known (group_id, id, version, effective_from, effective_to, published_at, split_tender)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (group_id, id) do update set effective_to = least(known.effective_to, excluded.effective_to),
         published_at = least(known.published_at, excluded.published_at)`,
      [tx.groupId, row.id, row.version, row.effectiveFrom, row.effectiveTo, row.publishedAt, row.splitTender],
    );
  }
}
