// The mall that a member belongs to: a mall of the caller's own group, or a refusal.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { findOrgNode, type OrgNode, type Tx } from '@atrium/platform';
import { type InvalidInput, invalid } from '../domain/registration';

/** Without one, a member belongs to the group alone. */
export async function findHomeMall(
  tx: Tx,
  homeMallId: string | null | undefined,
): Promise<Result<OrgNode | null, InvalidInput>> {
  if (homeMallId === null || homeMallId === undefined) return ok(null);
  const node = isUuid(homeMallId) ? await findOrgNode(tx, homeMallId) : null;
  return node?.kind === 'MALL' ? ok(node) : err(invalid(['homeMallId'], 'there is no such mall'));
}
