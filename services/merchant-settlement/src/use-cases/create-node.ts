// A new node of group > mall > merchant > store. Its id follows from its code: creating it twice gives the same node.
import { err, ok, type Result } from '@atrium/kernel';
import { findOrgNode, type OrgNode, publish, type Tx } from '@atrium/platform';
import type { Invalid } from '../domain/sale';
import { nodeRecorded } from '../events/settlement-events';
import { insertNode } from '../storage/organisation.repository';

export type NewNode = Omit<OrgNode, 'version'>;

export type CreateNodeRefusal = { code: 'CODE_TAKEN' } | { code: 'NOT_FOUND' } | ({ code: 'INVALID' } & Invalid);

const content = ({ kind, path, code, name, timeZone, currency, dayCutMinutes }: NewNode): string =>
  JSON.stringify([kind, path, code, name, timeZone, currency, dayCutMinutes]);

export async function createNode(
  tx: Tx,
  node: NewNode,
): Promise<Result<{ node: OrgNode; created: boolean }, CreateNodeRefusal>> {
  const row: OrgNode = { ...node, version: 1n };
  if (await insertNode(tx, row)) {
    await publish(tx, ...nodeRecorded(row, tx.now));
    return ok({ node: row, created: true });
  }
  const existing = await findOrgNode(tx, node.id);
  return existing && content(existing) === content(node)
    ? ok({ node: existing, created: false })
    : err({ code: 'CODE_TAKEN' });
}
