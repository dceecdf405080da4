import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { AtriumClaim } from '../auth/caller-token';
import { UsageError } from './state';

export const LOCAL_ISSUER = 'https://atrium.localhost';
export const LOCAL_AUDIENCE = 'atrium';
const TOKEN_HOURS = 12;

/** The secrets of one local graph, made at its first start. Nobody else's graph accepts what they sign. */
export interface LocalKeys {
  /** Signs callers' tokens, as an identity provider would. */
  issuer: JWK;
  /** What that identity provider calls itself and whom its tokens are for, when it is not the local one. */
  names?: { issuer: string; audience: string };
  /** Signs the gateway's tokens for subgraphs. */
  gateway: JWK;
  gatewayPublic: JWK;
  blindIndexKey: string;
  memberMasterKey: string;
}

const file = (dir: string) => join(dir, 'keys.json');
export const jwksFile = (dir: string) => join(dir, 'jwks.json');

export async function loadOrCreateKeys(dir: string): Promise<LocalKeys> {
  if (existsSync(file(dir))) return readKeys(dir);
  const pair = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const common = { kid, alg: 'EdDSA', use: 'sig' };
    return {
      secret: { ...(await exportJWK(privateKey)), ...common },
      open: { ...(await exportJWK(publicKey)), ...common },
    };
  };
  const issuer = await pair(`local-${randomBytes(4).toString('hex')}`);
  const gateway = await pair('gateway');
  const keys: LocalKeys = {
    issuer: issuer.secret,
    gateway: gateway.secret,
    gatewayPublic: gateway.open,
    blindIndexKey: randomBytes(32).toString('base64'),
    memberMasterKey: randomBytes(32).toString('base64'),
  };
  writeFileSync(jwksFile(dir), JSON.stringify({ keys: [issuer.open] }));
  writeFileSync(file(dir), JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

/** For commands that look into this folder: what signs the callers' tokens of a graph that runs elsewhere. */
export const writeKeys = (dir: string, keys: Pick<LocalKeys, 'issuer' | 'names'>): void =>
  writeFileSync(file(dir), JSON.stringify(keys), { mode: 0o600 });

export function readKeys(dir: string): LocalKeys {
  return JSON.parse(readFileSync(file(dir), 'utf8')) as LocalKeys;
}

/** What the gateway takes, by the kind of key. */
const ALGORITHMS: Record<string, string> = { 'OKP Ed25519': 'EdDSA', 'EC P-256': 'ES256', RSA: 'RS256' };

/** Throws one line for a key whose tokens no gateway would take. */
async function signingKey(jwk: JWK) {
  const { kty = '(none)', crv, alg, d } = jwk;
  const kind = crv === undefined ? kty : `${kty} ${crv}`;
  const algorithm = ALGORITHMS[kind];
  if (algorithm === undefined || (alg ?? algorithm) !== algorithm)
    throw new UsageError(
      `A key of kind ${kind}${alg === undefined ? '' : ` for ${alg}`} signs nothing that the gateway takes: EdDSA (OKP Ed25519), ES256 (EC P-256), RS256 (RSA)`,
    );
  if (d === undefined) throw new UsageError('This JWK has no private part (d): nothing can be signed with it');
  const key = await importJWK(jwk, algorithm).catch((error: unknown) => {
    throw new UsageError(`This JWK is no ${kind} key: ${error instanceof Error ? error.message : String(error)}`);
  });
  return { algorithm, key };
}

/** Signs a caller's token as the identity provider of this name, most often the local one. */
export async function signCallerToken(
  keys: Pick<LocalKeys, 'issuer' | 'names'>,
  subject: string,
  claim: AtriumClaim,
  names = keys.names ?? { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE },
): Promise<string> {
  const { key, algorithm } = await signingKey(keys.issuer);
  return new SignJWT({ atrium: claim })
    .setProtectedHeader({
      alg: algorithm,
      ...(keys.issuer.kid === undefined ? {} : { kid: keys.issuer.kid }),
      typ: 'JWT',
    })
    .setIssuer(names.issuer)
    .setAudience(names.audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_HOURS}h`)
    .sign(key);
}
