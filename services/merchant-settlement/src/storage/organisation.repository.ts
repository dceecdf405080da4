import type { OrgNode, Tx } from '@atrium/platform';

/** This service owns the organisation; `org_node` is its only table for it. Reads by id are the platform's. */

const COLUMNS = `id, kind, path, code, name, time_zone as "timeZone", currency, day_cut_minutes as "dayCutMinutes", version`;

export async function findMalls(tx: Tx): Promise<OrgNode[]> {
  return tx.prepared<OrgNode>(
    'settlement.org.malls',
    `select ${COLUMNS} from org_node where group_id = $1 and kind = 'MALL' order by code`,
    [tx.groupId],
  );
}

/** The nodes right below these: path[n] is the parent at depth n. */
export async function findChildren(tx: Tx, parentIds: readonly string[]): Promise<OrgNode[]> {
  return tx.prepared<OrgNode>(
    'settlement.org.children',
    `select ${COLUMNS} from org_node where group_id = $1 and path[cardinality(path) - 1] = any($2) order by code`,
    [tx.groupId, [...new Set(parentIds)]],
  );
}

/** True when this call added the node; false when its id was there. */
export async function insertNode(tx: Tx, node: OrgNode): Promise<boolean> {
  const rows = await tx.query(
    `insert into org_node (group_id, id, kind, path, code, name, time_zone, currency, day_cut_minutes, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (group_id, id) do nothing returning 1`,
    [
      tx.groupId,
      node.id,
      node.kind,
      node.path,
      node.code,
      node.name,
      node.timeZone,
      node.currency,
      node.dayCutMinutes,
      node.version,
    ],
  );
  return rows.length > 0;
}
