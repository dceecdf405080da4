import { createSubgraphTokenSigner, createSubgraphTokenVerifier } from '@atrium/platform';
import type { JWK } from 'jose';
import { missingOf, releaseSecrets } from './release-secrets';

const SERVICES = ['member', 'merchant-settlement', 'messaging'];
const caller = {
  kind: 'STAFF',
  id: 'desk',
  groupId: '01890000-0000-7000-8000-000000000001',
  memberId: null,
  storeId: null,
  name: null,
  grants: [],
  permissions: [],
} as const;

describe('the Secrets of a release', () => {
  const secrets = releaseSecrets(Buffer.alloc(32, 7), 'a', SERVICES);

  it('follow from the seed', () => {
    expect(releaseSecrets(Buffer.alloc(32, 7), 'a', SERVICES)).toEqual(secrets);
    const other = releaseSecrets(Buffer.alloc(32, 8), 'a', SERVICES);
    for (const [name, data] of Object.entries(secrets)) expect(other[name]).not.toEqual(data);
  });

  it("fit each other: subgraphs take the gateway's tokens, logins have the database's passwords", async () => {
    const sign = await createSubgraphTokenSigner(JSON.parse(secrets['a-gateway']?.['SUBGRAPH_TOKEN_KEY'] ?? '') as JWK);
    const open = JSON.parse(secrets['a-member-app']?.['GATEWAY_PUBLIC_KEY'] ?? '') as JWK;
    const verify = await createSubgraphTokenVerifier('member', open);
    expect(await verify(await sign('member', caller))).toMatchObject({ kind: 'STAFF', id: 'desk' });
    expect(open.d).toBeUndefined();
    expect(secrets['a-callers']?.['jwks.json']).not.toContain('"d"');
    const app = new URL(secrets['a-merchant-settlement-app']?.['DATABASE_URL'] ?? '');
    expect([app.username, app.password, app.host, app.pathname]).toEqual([
      'merchant_settlement_app',
      secrets['a-postgres']?.['APP_PASSWORD_merchant_settlement'],
      'a-postgres:5432',
      '/merchant_settlement',
    ]);
    const key = (service: string) => secrets[`a-${service}-app`]?.['BLIND_INDEX_KEY'];
    expect(key('member')).toBe(key('merchant-settlement'));
  });

  it('are all different but for what is shared', () => {
    const passwords = Object.values(secrets).flatMap((data) =>
      Object.entries(data).filter(([name]) => name.endsWith('PASSWORD')),
    );
    expect(new Set(passwords.map(([, value]) => value)).size).toBe(passwords.length);
  });

  it('are completed when a service is switched on later, and nothing that an operator changed is changed back', () => {
    const before = releaseSecrets(Buffer.alloc(32, 7), 'a', ['member', 'messaging']);
    const of = (all: typeof before, name: string) => all[name] ?? {};
    const postgres = { ...of(before, 'a-postgres'), APP_PASSWORD_member: 'changed since' };
    const { OWNER_PASSWORD_merchant_settlement, APP_PASSWORD_merchant_settlement } = of(secrets, 'a-postgres');
    expect(missingOf(of(secrets, 'a-postgres'), postgres)).toEqual({
      OWNER_PASSWORD_merchant_settlement,
      APP_PASSWORD_merchant_settlement,
    });
    const operator = of(before, 'a-operator');
    const urls = operator['CHECK_DATABASE_URLS'] ?? '';
    const changed = { ...operator, CHECK_DATABASE_URLS: urls.replaceAll(/postgres:p\w+/g, 'postgres:changed') };
    const { CHECK_DATABASE_URLS, ...others } = missingOf(of(secrets, 'a-operator'), changed);
    expect(others).toEqual({});
    expect(JSON.parse(CHECK_DATABASE_URLS ?? '')).toEqual(
      Object.fromEntries(
        ['member', 'messaging', 'merchant-settlement'].map((service) => [
          service,
          `postgres://postgres:changed@a-postgres:5432/${service.replace('-', '_')}`,
        ]),
      ),
    );
    // Complete, or more: a service that was switched off again keeps what it has.
    for (const name of ['a-postgres', 'a-operator']) {
      expect(missingOf(of(secrets, name), of(secrets, name))).toEqual({});
      expect(missingOf(of(before, name), of(secrets, name))).toEqual({});
    }
  });
});
