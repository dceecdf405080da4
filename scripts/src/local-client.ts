import { naturalId } from '@atrium/kernel';
import type { AtriumClaim, Permission } from '@atrium/platform';
import { DEFAULT_DIR, graphqlClient, type GraphQLClient, readKeys, readState, signCallerToken } from '@atrium/testkit';

/** What a service of a local graph may do: everything that connectors and imports need, nothing that staff decide. */
export const SERVICE_PERMISSIONS: Permission[] = [
  'organisation:manage',
  'purchase:record',
  'purchase:refund',
  'purchase:read',
  'settlement:read',
  'member:register',
  'member:read',
  'member:identify',
  'points:read',
  'tier:read',
  'coupon:read',
  'message:read',
];

export const groupIdOf = (code: string): string => naturalId('group', code);

export const serviceClaim = (name: string, group: string): AtriumClaim => ({
  kind: 'SERVICE',
  group: groupIdOf(group),
  permissions: SERVICE_PERMISSIONS,
  name,
});

export const groupAdminClaim = (group: string): AtriumClaim => ({
  kind: 'STAFF',
  group: groupIdOf(group),
  grants: [{ role: 'group-admin', node: groupIdOf(group) }],
  name: 'Group administration',
});

/** A client of the graph that runs in this folder, as this caller. */
export async function localClient(subject: string, claim: AtriumClaim): Promise<GraphQLClient> {
  const state = readState();
  return graphqlClient(state.gatewayUrl, await signCallerToken(readKeys(DEFAULT_DIR), subject, claim));
}
