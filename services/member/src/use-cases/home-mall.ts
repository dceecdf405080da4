// The mall that a member belongs to: a mall of the caller's own group, or a refusal.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { findOrgNode, type OrgNode, type Tx } from '@atrium/platform';
import { type InvalidInput, invalid } from '../domain/registration';

export async function findHomeMall(tx: Tx, homeMallId: string): Promise<Result<OrgNode, InvalidInput>> {
  const node = isUuid(homeMallId) ? await findOrgNode(tx, homeMallId) : null;
  return node?.kind === 'MALL' ? ok(node) : err(invalid(['homeMallId'], 'there is no such mall'));
}
