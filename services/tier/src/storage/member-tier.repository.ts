import type { Tx } from '@atrium/platform';

export interface MemberRow {
  memberId: string;
  joinedAt: Date | null;
  version: bigint;
  mergedInto: string | null;
  mergedAt: Date | null;
}

export interface Registration {
  memberId: string;
  joinedAt: Date;
  homeMallId: string | null;
}

/** Where a fold left a member. */
export interface MemberState {
  memberId: string;
  code: string | null;
  status: string | null;
  since: Date | null;
  validUntil: Date | null;
  version: bigint;
  nextCheckAt: Date | null;
  ladderVersion: bigint;
}

/**
 * Creates the rows that are missing, then locks them all, always in the order of ids: two batches wait, never deadlock. Who was
 * merged comes with the one whom her facts count for. Answers all of them.
 */
export async function lockMembers(tx: Tx, memberIds: readonly string[]): Promise<string[]> {
  const ids = [...new Set(memberIds)].sort();
  if (ids.length === 0) return [];
  await tx.prepared(
    'tier.member.create',
    `insert into member_tier (member_id, group_id, version, ladder_version)
     select id, $2, 0, 0 from unnest($1::uuid[]) as id order by id on conflict do nothing`,
    [ids, tx.groupId],
  );
  for (let more = ids; more.length > 0;) {
    const rows = await tx.prepared<{ mergedInto: string | null }>(
      'tier.member.lock',
      `select merged_into as "mergedInto" from member_tier where member_id = any($1) order by member_id for update`,
      [more],
    );
    more = [...new Set(rows.flatMap(({ mergedInto }) => mergedInto ?? []))].filter((id) => !ids.includes(id)).sort();
    ids.push(...more);
  }
  return ids;
}

/** From then on the loser's facts count for the survivor. The rows are locked. */
export async function leadTo(tx: Tx, loserId: string, survivorId: string, mergedAt: Date): Promise<void> {
  await tx.prepared(
    'tier.member.lead',
    `update member_tier set merged_into = $2, merged_at = $3
     where member_id = $1 and group_id = $4 and merged_into is null`,
    [loserId, survivorId, mergedAt, tx.groupId],
  );
}

/** A registration says when and where for ever: the first one stays. */
export async function saveRegistrations(tx: Tx, registrations: readonly Registration[]): Promise<void> {
  await tx.prepared(
    'tier.member.register',
    `update member_tier m set joined_at = r.joined_at, home_mall_id = r.home_mall_id
     from unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as r(member_id, joined_at, home_mall_id)
     where m.member_id = r.member_id and m.joined_at is null`,
    [
      registrations.map(({ memberId }) => memberId),
      registrations.map(({ joinedAt }) => joinedAt),
      registrations.map(({ homeMallId }) => homeMallId),
    ],
  );
}

const MEMBER = `m.member_id as "memberId", m.joined_at as "joinedAt", m.version, m.merged_into as "mergedInto",
  m.merged_at as "mergedAt"`;

export async function findMembers(tx: Tx, memberIds: readonly string[]): Promise<MemberRow[]> {
  return tx.prepared<MemberRow>(
    'tier.member.find',
    `select ${MEMBER} from member_tier m where group_id = $1 and member_id = any($2) order by member_id`,
    [tx.groupId, memberIds],
  );
}

/** These members, and all who were merged into them. */
export async function findFamilies(tx: Tx, memberIds: readonly string[]): Promise<MemberRow[]> {
  return tx.prepared<MemberRow>(
    'tier.member.families',
    `with recursive family as (
       select m.* from member_tier m where m.group_id = $1 and m.member_id = any($2)
       union select m.* from family f join member_tier m on m.merged_into = f.member_id where m.group_id = $1
     ) select ${MEMBER} from family m order by m.member_id`,
    [tx.groupId, memberIds],
  );
}

/** Locks some members whose clock has struck, or that have not seen the newest ladder; others' locks are passed by. */
export async function lockDueMembers(tx: Tx, ladderVersion: bigint, limit: number): Promise<string[]> {
  const rows = await tx.prepared<{ memberId: string }>(
    'tier.member.due',
    `select member_id as "memberId" from member_tier
     where group_id = $1 and (next_check_at <= $2 or ladder_version < $3)
     order by member_id limit $4 for update skip locked`,
    [tx.groupId, tx.now, ladderVersion, limit],
  );
  return rows.map(({ memberId }) => memberId);
}

export async function saveStates(tx: Tx, states: readonly MemberState[]): Promise<void> {
  await tx.prepared(
    'tier.member.state',
    `update member_tier m set code = s.code, status = s.status, since = s.since, valid_until = s.valid_until,
       version = s.version, next_check_at = s.next_check_at, ladder_version = s.ladder_version
     from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::timestamptz[],
       $8::bigint[]) as s(member_id, code, status, since, valid_until, version, next_check_at, ladder_version)
     where m.member_id = s.member_id`,
    [
      states.map(({ memberId }) => memberId),
      states.map(({ code }) => code),
      states.map(({ status }) => status),
      states.map(({ since }) => since),
      states.map(({ validUntil }) => validUntil),
      states.map(({ version }) => version),
      states.map(({ nextCheckAt }) => nextCheckAt),
      states.map(({ ladderVersion }) => ladderVersion),
    ],
  );
}

/** Groups that have a ladder: the tenants for which the clock is asked. */
export async function findGroups(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ groupId: string }>(`select distinct group_id as "groupId" from tier_ladder order by 1`);
  return rows.map(({ groupId }) => groupId);
}
