import type { Keyset, Tx } from '@atrium/platform';

export interface StaffRow {
  id: string;
  subjectSealed: Buffer;
  nameSealed: Buffer;
  dataKey: Buffer;
  keyVersion: number;
  invitedAt: Date;
}

export interface GrantRow {
  staffId: string;
  role: string;
  nodeId: string;
  nodePath: string[];
  nodeName: string;
}

const COLUMNS = `s.id, s.subject_sealed as "subjectSealed", s.name_sealed as "nameSealed", s.data_key as "dataKey",
  s.key_version as "keyVersion", s.invited_at as "invitedAt"`;

/** Adds a person once; who is there already stays as she is. */
export async function insertStaff(tx: Tx, staff: StaffRow, invitedBy: string): Promise<void> {
  await tx.query(
    `insert into staff (group_id, id, subject_sealed, name_sealed, data_key, key_version, invited_at, invited_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
    [
      tx.groupId,
      staff.id,
      staff.subjectSealed,
      staff.nameSealed,
      staff.dataKey,
      staff.keyVersion,
      staff.invitedAt,
      invitedBy,
    ],
  );
}

export function findStaffRows(tx: Tx, ids: readonly string[]): Promise<StaffRow[]> {
  return tx.query(`select ${COLUMNS} from staff s where s.group_id = $1 and s.id = any($2)`, [tx.groupId, ids]);
}

/** People with a role at or below one of these nodes, oldest invitation first. */
export function listStaffRows(
  tx: Tx,
  nodeIds: readonly string[],
  after: Keyset | null,
  limit: number,
): Promise<StaffRow[]> {
  return tx.query(
    `select ${COLUMNS} from staff s
     where s.group_id = $1 and (s.invited_at, s.id) > ($3::timestamptz, $4::uuid)
       and exists (select 1 from staff_grant g join org_node n on n.group_id = g.group_id and n.id = g.node_id
                   where g.staff_id = s.id and g.group_id = $1 and g.revoked_at is null and n.path && $2::uuid[])
     order by s.invited_at, s.id limit $5`,
    [tx.groupId, nodeIds, after?.at ?? new Date(0), after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  );
}

export function findGrantRows(tx: Tx, staffIds: readonly string[]): Promise<GrantRow[]> {
  return tx.query(
    `select g.staff_id as "staffId", g.role, g.node_id as "nodeId", n.path as "nodePath", n.name as "nodeName"
     from staff_grant g join org_node n on n.group_id = g.group_id and n.id = g.node_id
     where g.group_id = $1 and g.staff_id = any($2) and g.revoked_at is null order by g.granted_at, g.id`,
    [tx.groupId, staffIds],
  );
}

/** Gives a role at a node; false when the person has it there. */
export async function insertGrant(
  tx: Tx,
  grant: { staffId: string; id: string; role: string; nodeId: string },
  by: string,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into staff_grant (group_id, staff_id, id, role, node_id, granted_at, granted_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (staff_id, role, node_id) where revoked_at is null do nothing returning 1`,
    [tx.groupId, grant.staffId, grant.id, grant.role, grant.nodeId, tx.now, by],
  );
  return rows.length > 0;
}

/** Takes a role back; false when the person does not have it there. */
export async function endGrant(
  tx: Tx,
  grant: { staffId: string; role: string; nodeId: string },
  by: string,
): Promise<boolean> {
  const rows = await tx.query(
    `update staff_grant set revoked_at = $5, revoked_by = $6
     where group_id = $1 and staff_id = $2 and role = $3 and node_id = $4 and revoked_at is null returning 1`,
    [tx.groupId, grant.staffId, grant.role, grant.nodeId, tx.now, by],
  );
  return rows.length > 0;
}
