// Staff as the caller may see them: people with a role at or below her own nodes, and those roles only.
import { type Page, type Tx } from '@atrium/platform';
import { findGrantRows, findStaffRows, type GrantRow, listStaffRows, type StaffRow } from '../storage/staff.repository';
import type { MemberKeys } from './keys';

export interface StaffView {
  id: string;
  displayName: string;
  invitedAt: Date;
  grants: { role: string; nodeId: string; nodeName: string }[];
}

export async function listStaff(
  tx: Tx,
  keys: MemberKeys,
  nodeIds: readonly string[],
  page: Page,
): Promise<StaffView[]> {
  return views(tx, keys, nodeIds, await listStaffRows(tx, nodeIds, page.after, page.limit));
}

export async function findStaff(
  tx: Tx,
  keys: MemberKeys,
  nodeIds: readonly string[],
  id: string,
): Promise<StaffView | null> {
  return (await views(tx, keys, nodeIds, await findStaffRows(tx, [id])))[0] ?? null;
}

async function views(
  tx: Tx,
  keys: MemberKeys,
  nodeIds: readonly string[],
  rows: readonly StaffRow[],
): Promise<StaffView[]> {
  const grants = await findGrantRows(
    tx,
    rows.map(({ id }) => id),
  );
  const visible = (grant: GrantRow) => grant.nodePath.some((id) => nodeIds.includes(id));
  return rows.map((row) => ({
    id: row.id,
    displayName: keys.vault
      .keyOf(tx.groupId ?? '', row.id, { wrapped: row.dataKey, version: row.keyVersion })
      .open('name', row.nameSealed),
    invitedAt: row.invitedAt,
    grants: grants
      .filter((grant) => grant.staffId === row.id && visible(grant))
      .map(({ role, nodeId, nodeName }) => ({ role, nodeId, nodeName })),
  }));
}
