import type { Tx } from '@atrium/platform';

/** What a master key of a version has sealed: the key of a person, or of nobody. */
export interface Sealed {
  groupId: string;
  ownerId: string;
  version: number;
  wrapped: Buffer;
}

/** So many rows of each table are looked at: a start must not read all members. */
const SAMPLE = 1_000;

/** Seals that are there to be tried. In a system transaction, as everything here. */
export const findSeals = (tx: Tx): Promise<Sealed[]> =>
  tx.query(
    `select group_id as "groupId", group_id as "ownerId", key_version as version, sealed as wrapped from master_key_seal`,
  );

/** A person's key for each version, among the first people that are found. */
export const samplePeople = (tx: Tx): Promise<Sealed[]> =>
  tx.query(
    `select distinct on (version) * from (
       (select group_id as "groupId", id as "ownerId", key_version as version, data_key as wrapped from member limit ${SAMPLE})
       union all
       (select group_id, id, key_version, data_key from staff limit ${SAMPLE})) people order by version`,
  );

export async function findGroupsWithoutSeal(tx: Tx, version: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct group_id as id from org_node n
     where not exists (select 1 from master_key_seal s where s.group_id = n.group_id and s.key_version = $1)`,
    [version],
  );
  return rows.map(({ id }) => id);
}

/** Another process may have been first: then its seals stay. */
export async function insertSeals(tx: Tx, seals: readonly Sealed[]): Promise<void> {
  await tx.query(
    `insert into master_key_seal (group_id, key_version, sealed)
     select * from unnest($1::uuid[], $2::integer[], $3::bytea[]) on conflict do nothing`,
    [seals.map((s) => s.groupId), seals.map((s) => s.version), seals.map((s) => s.wrapped)],
  );
}
