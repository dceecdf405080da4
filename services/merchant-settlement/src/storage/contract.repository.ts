import type { Tx } from '@atrium/platform';
import type { ContractVersion } from '../domain/terms';

// trim_scale: "0.010000" and "0.01" are one price.
const COLUMNS = `id, node_id as "nodeId", version, status, effective_from as "effectiveFrom",
  trim_scale(point_unit_value)::text as "pointUnitValue", trim_scale(point_price_at_earn)::text as "pointPriceAtEarn",
  burn_share_bps as "burnShareBps", coupon_share_bps as "couponShareBps"`;

export async function findContractsOf(tx: Tx, nodeIds: readonly string[]): Promise<ContractVersion[]> {
  return tx.prepared<ContractVersion>(
    'settlement.contract.of-nodes',
    `select ${COLUMNS} from contract where group_id = $1 and node_id = any($2) order by node_id, version`,
    [tx.groupId, [...new Set(nodeIds)]],
  );
}

/** As they stood at an instant of the past: without what was published later. */
export async function findContractsKnown(
  tx: Tx,
  nodeIds: readonly string[],
): Promise<(ContractVersion & { createdAt: Date })[]> {
  return tx.prepared(
    'settlement.contract.known',
    `select ${COLUMNS}, created_at as "createdAt" from contract where group_id = $1 and node_id = any($2)
     order by node_id, version`,
    [tx.groupId, [...new Set(nodeIds)]],
  );
}

export async function findContracts(tx: Tx, ids: readonly string[]): Promise<Map<string, ContractVersion>> {
  const rows = await tx.prepared<ContractVersion>(
    'settlement.contract.find',
    `select ${COLUMNS} from contract where group_id = $1 and id = any($2)`,
    [tx.groupId, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Locks a node, so that two versions of its terms never get the same number. */
export async function lockNode(tx: Tx, nodeId: string): Promise<void> {
  await tx.query(`select 1 from org_node where group_id = $1 and id = $2 for update`, [tx.groupId, nodeId]);
}

export async function insertContract(tx: Tx, contract: ContractVersion, createdBy: string): Promise<void> {
  await tx.query(
    `insert into contract (group_id, id, node_id, version, status, effective_from, point_unit_value, point_price_at_earn,
       burn_share_bps, coupon_share_bps, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (group_id, id) do nothing`,
    [
      tx.groupId,
      contract.id,
      contract.nodeId,
      contract.version,
      contract.status,
      contract.effectiveFrom,
      contract.pointUnitValue,
      contract.pointPriceAtEarn,
      contract.burnShareBps,
      contract.couponShareBps,
      tx.now,
      createdBy,
    ],
  );
}
