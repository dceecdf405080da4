// The organisation and its terms, as screens read them.
import { isUuid } from '@atrium/kernel';
import { findOrgNodes, type OrgNode, type Tx } from '@atrium/platform';
import type { ContractVersion } from '../domain/terms';
import { findContractsOf } from '../storage/contract.repository';
import { findChildren, findMalls } from '../storage/organisation.repository';
import { groupBy } from './purchase.query';

export type { ContractVersion, OrgNode };

export const listMalls = (tx: Tx): Promise<OrgNode[]> => findMalls(tx);

export const readNodes = (tx: Tx, ids: readonly string[]): Promise<Map<string, OrgNode>> =>
  findOrgNodes(tx, ids.filter(isUuid));

export async function readChildren(tx: Tx, parentIds: readonly string[]): Promise<Map<string, OrgNode[]>> {
  const rows = await findChildren(tx, parentIds);
  return groupBy(rows, ({ path }) => path.at(-2) ?? '');
}

export async function readContracts(tx: Tx, nodeIds: readonly string[]): Promise<Map<string, ContractVersion[]>> {
  const rows = await findContractsOf(tx, nodeIds);
  return groupBy(rows, ({ nodeId }) => nodeId);
}
