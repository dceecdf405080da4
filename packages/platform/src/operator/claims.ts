import { naturalId } from '@atrium/kernel';
import type { AtriumClaim } from '../auth/caller-token';
import type { Permission } from '../auth/permissions';
import { graphqlClient, type GraphQLClient } from './graphql-client';

export type SignToken = (subject: string, claim: AtriumClaim) => Promise<string>;

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
  'points:interact',
  'partner:exchange',
  'tier:read',
  'coupon:read',
  'message:read',
];

export const groupIdOf = (code: string): string => naturalId('group', code);

export const serviceClaim = (group: string, name: string): AtriumClaim => ({
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

/** Clients of one group's callers. */
export interface GroupClients {
  service: GraphQLClient;
  admin: GraphQLClient;
  member(id: string, headers?: Record<string, string>): Promise<GraphQLClient>;
  till(storeId: string): Promise<GraphQLClient>;
}

export async function groupClients(url: string, group: string, sign: SignToken): Promise<GroupClients> {
  const client = async (subject: string, claim: AtriumClaim, headers?: Record<string, string>) =>
    graphqlClient(url, await sign(subject, claim), headers);
  return {
    service: await client('service:setup', serviceClaim(group, 'setup')),
    admin: await client('staff:group-admin', groupAdminClaim(group)),
    member: (id, headers) => client(id, { kind: 'MEMBER', group: groupIdOf(group), member: id }, headers),
    till: (storeId) => client(`till:${storeId}`, { kind: 'TILL', group: groupIdOf(group), store: storeId }),
  };
}
