import type { Tx } from '@atrium/platform';

export type StoredIdentifierType = 'CARD' | 'PHONE';

export interface Claim {
  type: StoredIdentifierType;
  blindIndex: string;
  memberId: string;
}

/**
 * Claims identifiers for members: the first to insert has them. Answers what was claimed; the rest belongs to somebody
 * already. In one order for everybody, so that two registrations wait for each other instead of blocking both.
 */
export function claimIdentifiers(tx: Tx, claims: readonly Claim[]): Promise<Claim[]> {
  return tx.prepared(
    'identifier.claim',
    `insert into identifier (group_id, type, blind_index, member_id, added_at)
     select $1, c.type, c.blind_index, c.member_id, $5
     from unnest($2::text[], $3::text[], $4::uuid[]) as c(type, blind_index, member_id) order by c.type, c.blind_index
     on conflict do nothing
     returning type, blind_index as "blindIndex", member_id as "memberId"`,
    [tx.groupId, claims.map((c) => c.type), claims.map((c) => c.blindIndex), claims.map((c) => c.memberId), tx.now],
  );
}

/** Gives back what a registration claimed before it turned out to be refused. */
export async function releaseIdentifiers(tx: Tx, memberId: string, claims: readonly Claim[]): Promise<void> {
  await tx.prepared(
    'identifier.release',
    `delete from identifier i using unnest($2::text[], $3::text[]) as c(type, blind_index)
     where i.group_id = $1 and i.type = c.type and i.blind_index = c.blind_index and i.member_id = $4`,
    [tx.groupId, claims.map((c) => c.type), claims.map((c) => c.blindIndex), memberId],
  );
}

export async function findByIdentifiers(
  tx: Tx,
  type: StoredIdentifierType,
  blindIndexes: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.prepared<{ blind_index: string; member_id: string }>(
    'identifier.find',
    `select blind_index, member_id from identifier where group_id = $1 and type = $2 and blind_index = any($3)`,
    [tx.groupId, type, blindIndexes],
  );
  return new Map(rows.map((row) => [row.blind_index, row.member_id]));
}
