import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { errors, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Caller, CALLER_KINDS } from './caller';
import { PublicError } from './errors';
import { PERMISSIONS } from './permissions';
import { ROLES } from './roles';

export const SUBGRAPH_TOKEN_ISSUER = 'atrium-gateway';
export const SUBGRAPH_TOKEN_SECONDS = 60;
const ALGORITHM = 'EdDSA';
/** Both run in one cluster; a second or two of drift must not refuse a caller. */
const CLOCK_TOLERANCE_SECONDS = 5;

const callerClaim: z.ZodType<Caller> = z.strictObject({
  kind: z.enum(CALLER_KINDS),
  id: z.string().min(1),
  groupId: z.uuid().nullable(),
  memberId: z.uuid().nullable(),
  storeId: z.uuid().nullable(),
  name: z.string().nullable(),
  grants: z.array(z.strictObject({ role: z.enum(ROLES), nodeId: z.uuid() })),
  permissions: z.array(z.enum(PERMISSIONS)),
});

/** Mints the token with which the gateway names the caller to one subgraph. Good for a minute, for that subgraph only. */
export type SignSubgraphToken = (subgraph: string, caller: Caller, now?: Date) => Promise<string>;

/** Signs in this thread: it takes as long as handing it to another one would. */
export async function createSubgraphTokenSigner(privateJwk: JWK): Promise<SignSubgraphToken> {
  const key = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('The key for subgraph tokens is no Ed25519 key');
  const header = base64url({ alg: ALGORITHM, typ: 'JWT' });
  return async (subgraph, caller, now = new Date()) => {
    const iat = Math.floor(now.getTime() / 1000);
    const exp = iat + SUBGRAPH_TOKEN_SECONDS;
    const claims = { caller, iss: SUBGRAPH_TOKEN_ISSUER, aud: subgraph, sub: caller.id, iat, exp };
    const content = `${header}.${base64url(claims)}`;
    return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`;
  };
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Checks a token at the subgraph's door; throws PublicError UNAUTHENTICATED on anything but a good one. */
export type VerifySubgraphToken = (token: string, now?: Date) => Promise<Caller>;

export async function createSubgraphTokenVerifier(
  subgraph: string,
  publicKeys: JWK | { keys: JWK[] },
): Promise<VerifySubgraphToken> {
  const jwks = 'keys' in publicKeys && Array.isArray(publicKeys.keys) ? publicKeys.keys : [publicKeys as JWK];
  if (jwks.length === 0) throw new TypeError("There is no key in the gateway's key set");
  const keys = await Promise.all(jwks.map((jwk) => importJWK(jwk, ALGORITHM)));
  const verify = async (token: string, currentDate: Date, at = 0): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, keys[at] as (typeof keys)[number], {
        algorithms: [ALGORITHM],
        issuer: SUBGRAPH_TOKEN_ISSUER,
        audience: subgraph,
        requiredClaims: ['sub', 'iat', 'exp'],
        maxTokenAge: SUBGRAPH_TOKEN_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate,
      });
      return payload;
    } catch (error) {
      // While the key is changed there are two.
      const other = error instanceof errors.JWSSignatureVerificationFailed && at + 1 < keys.length;
      if (other) return verify(token, currentDate, at + 1);
      throw error;
    }
  };
  return async (token, now = new Date()) => {
    try {
      return callerClaim.parse((await verify(token, now)).caller);
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
        throw new PublicError('UNAUTHENTICATED', "Only the gateway's token opens this subgraph.");
      }
      throw error;
    }
  };
}

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
