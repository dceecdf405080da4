import { z } from 'zod';
import type { Caller } from './caller';
import { PublicError } from './errors';
import { PERMISSIONS } from './permissions';
import { ROLES } from './roles';

const grants = z.array(z.strictObject({ role: z.enum(ROLES), node: z.uuid() })).max(200);
const permissions = z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length);
const name = z.string().max(200).optional();
const group = z.uuid();

/** The private claim `atrium` of a caller's own token. Each kind has its own fields; anything else is refused. */
const atriumClaim = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('MEMBER'), group, member: z.uuid(), name }),
  z.strictObject({ kind: z.literal('STAFF'), group, grants, name }),
  z.strictObject({ kind: z.literal('TILL'), group, store: z.uuid(), name }),
  z.strictObject({ kind: z.literal('SERVICE'), group: group.optional(), permissions, name }),
]);

/** The registered claims are the JWT library's business; only `sub` is needed here. */
const claims = z.object({ sub: z.string().min(1).max(200), atrium: atriumClaim });

/** What an issuer puts into `atrium`. */
export type AtriumClaim = z.input<typeof atriumClaim>;

/** The payload of a verified token, as a Caller. Signature, issuer, audience and times are checked before. */
export function callerFromClaims(payload: unknown): Caller {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new PublicError('UNAUTHENTICATED', 'The token does not carry the claims of a caller.');
  const { sub, atrium } = parsed.data;
  return {
    kind: atrium.kind,
    id: sub,
    groupId: atrium.group ?? null,
    memberId: atrium.kind === 'MEMBER' ? atrium.member : null,
    storeId: atrium.kind === 'TILL' ? atrium.store : null,
    name: atrium.name ?? null,
    grants: atrium.kind === 'STAFF' ? atrium.grants.map(({ role, node }) => ({ role, nodeId: node })) : [],
    permissions: atrium.kind === 'SERVICE' ? atrium.permissions : [],
  };
}
