import { createHmac, createPrivateKey } from 'node:crypto';

/** An Ed25519 private key in PKCS #8 is these bytes and the key's own 32. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

const DATABASES = 'CHECK_DATABASE_URLS';

/**
 * Every Secret of a release for evaluation, by name: all follow from one seed of 32 bytes, so the same seed gives the same.
 * In production each comes from a secret store, on its own.
 */
export function releaseSecrets(seed: Buffer, release: string, services: readonly string[]) {
  const derive = (purpose: string) => createHmac('sha256', seed).update(purpose).digest();
  // A letter first: NATS reads what begins with a digit as a number.
  const password = (purpose: string) => `p${derive(purpose).toString('hex').slice(0, 40)}`;
  const signingKey = (kid: string) => {
    const key = createPrivateKey({
      key: Buffer.concat([PKCS8_ED25519, derive(`key ${kid}`)]),
      format: 'der',
      type: 'pkcs8',
    }).export({ format: 'jwk' });
    const secret = { ...key, kid, alg: 'EdDSA', use: 'sig' };
    return { secret, open: { ...secret, d: undefined } };
  };
  const gateway = signingKey('gateway');
  const issuer = signingKey('callers');
  const login = (user: string, secret: string, database: string) =>
    `postgres://${user}:${secret}@${release}-postgres:5432/${database}`;

  const secrets: Record<string, Record<string, string>> = {
    [`${release}-gateway`]: {
      SUBGRAPH_TOKEN_KEY: JSON.stringify(gateway.secret),
      NATS_USER: 'gateway',
      NATS_PASSWORD: password('nats gateway'),
    },
    [`${release}-callers`]: {
      ISSUER_KEY: JSON.stringify(issuer.secret),
      'jwks.json': JSON.stringify({ keys: [issuer.open] }),
    },
  };
  const postgres: Record<string, string> = { POSTGRES_PASSWORD: password('postgres') };
  const databases: Record<string, string> = {};
  for (const service of services) {
    const name = service.replaceAll('-', '_');
    const owner = password(`owner ${service}`);
    const app = password(`app ${service}`);
    postgres[`OWNER_PASSWORD_${name}`] = owner;
    postgres[`APP_PASSWORD_${name}`] = app;
    databases[service] = login('postgres', postgres['POSTGRES_PASSWORD'] ?? '', name);
    secrets[`${release}-${service}-owner`] = { MIGRATION_DATABASE_URL: login(`${name}_owner`, owner, name) };
    secrets[`${release}-${service}-app`] = {
      DATABASE_URL: login(`${name}_app`, app, name),
      GATEWAY_PUBLIC_KEY: JSON.stringify(gateway.open),
      NATS_USER: service,
      NATS_PASSWORD: password(`nats ${service}`),
      ...(service === 'member' ? { MEMBER_MASTER_KEY: derive('member master key').toString('base64') } : {}),
      ...(service === 'member' || service === 'merchant-settlement'
        ? { BLIND_INDEX_KEY: derive('blind index key').toString('base64') }
        : {}),
      // Kept in the database instead of sent.
      ...(service === 'messaging' ? { SMS_PROVIDER_URL: 'sink:', SMS_PROVIDER_TOKEN: 'none' } : {}),
    };
  }
  secrets[`${release}-postgres`] = postgres;
  secrets[`${release}-operator`] = {
    CHECK_DATABASE_URLS: JSON.stringify(databases),
    NATS_USER: 'operator',
    NATS_PASSWORD: password('nats operator'),
  };
  return secrets;
}

/**
 * What a Secret that is there lacks: of services that were switched on after it was made. Nothing that it has is changed, as it may have
 * been by an operator since.
 */
export function missingOf(wanted: Record<string, string>, kept: Record<string, string>): Record<string, string> {
  const missing = Object.fromEntries(Object.entries(wanted).filter(([key]) => kept[key] === undefined));
  const databases = kept[DATABASES] === undefined ? {} : (JSON.parse(kept[DATABASES]) as Record<string, string>);
  const added = Object.entries(JSON.parse(wanted[DATABASES] ?? '{}') as Record<string, string>)
    .filter(([service]) => databases[service] === undefined)
    // With the login that the others have.
    .map(([service, url]) => [service, withLoginOf(url, Object.values(databases)[0] ?? url)]);
  if (kept[DATABASES] !== undefined && added.length > 0)
    missing[DATABASES] = JSON.stringify({ ...databases, ...(Object.fromEntries(added) as object) });
  return missing;
}

function withLoginOf(url: string, other: string): string {
  const changed = new URL(other);
  changed.pathname = new URL(url).pathname;
  return changed.href;
}
