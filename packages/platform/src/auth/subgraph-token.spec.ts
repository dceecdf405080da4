import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { ANONYMOUS, type Caller } from './caller';
import {
  bearerToken,
  createSubgraphTokenSigner,
  createSubgraphTokenVerifier,
  SUBGRAPH_TOKEN_ISSUER,
  type VerifySubgraphToken,
} from './subgraph-token';

const GROUP = '0197a000-0000-7000-8000-000000000001';
const NOW = new Date('2026-11-22T08:00:00Z');
const seconds = Math.floor(NOW.getTime() / 1000);
const clerk: Caller = {
  ...ANONYMOUS,
  kind: 'STAFF',
  id: 'staff-1',
  groupId: GROUP,
  name: '王芳',
  grants: [{ role: 'clerk', nodeId: GROUP }],
};

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

async function keyPair(
  algorithm: string,
): Promise<{ publicJwk: JWK; privateJwk: JWK; privateKey: KeyPair['privateKey'] }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey), privateKey };
}

describe("the gateway's token for a subgraph", () => {
  let keys: Awaited<ReturnType<typeof keyPair>>;
  let verify: VerifySubgraphToken;

  beforeAll(async () => {
    keys = await keyPair('Ed25519');
    verify = await createSubgraphTokenVerifier('points', keys.publicJwk);
  });

  const good = (alg = 'EdDSA') =>
    new SignJWT({ caller: clerk })
      .setProtectedHeader({ alg })
      .setIssuer(SUBGRAPH_TOKEN_ISSUER)
      .setAudience('points')
      .setSubject(clerk.id)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60);

  it.each([['a clerk', clerk] as const, ['nobody', ANONYMOUS] as const])(
    'carries %s to its subgraph',
    async (_, who) => {
      const sign = await createSubgraphTokenSigner(keys.privateJwk);
      const token = await sign('points', who, NOW);
      await expect(verify(token, NOW)).resolves.toEqual(who);
      await expect(verify(token, new Date(NOW.getTime() + 59_000))).resolves.toEqual(who);
    },
  );

  it('is taken from either key while the key is changed, and not from the old one afterwards', async () => {
    const next = await keyPair('Ed25519');
    const signs = await Promise.all([keys, next].map(({ privateJwk }) => createSubgraphTokenSigner(privateJwk)));
    const tokens = await Promise.all(signs.map((sign) => sign('points', clerk, NOW)));
    const both = await createSubgraphTokenVerifier('points', { keys: [keys.publicJwk, next.publicJwk] });
    for (const token of tokens) await expect(both(token, NOW)).resolves.toEqual(clerk);
    const late = new Date(NOW.getTime() + 3_600_000);
    await expect(both(tokens[1] as string, late)).rejects.toThrow("Only the gateway's token");
    const one = await createSubgraphTokenVerifier('points', { keys: [next.publicJwk] });
    await expect(one(tokens[1] as string, NOW)).resolves.toEqual(clerk);
    await expect(one(tokens[0] as string, NOW)).rejects.toThrow("Only the gateway's token");
    await expect(createSubgraphTokenVerifier('points', { keys: [] })).rejects.toThrow('There is no key');
  });

  const refusals: Record<string, () => Promise<string> | string> = {
    'for another subgraph': () => good().setAudience('coupon').sign(keys.privateKey),
    'from another issuer': () => good().setIssuer('someone').sign(keys.privateKey),
    expired: () =>
      good()
        .setIssuedAt(seconds - 120)
        .setExpirationTime(seconds - 60)
        .sign(keys.privateKey),
    'that lives longer than a minute': () =>
      good()
        .setIssuedAt(seconds - 600)
        .setExpirationTime(seconds + 600)
        .sign(keys.privateKey),
    'issued in the future': () =>
      good()
        .setIssuedAt(seconds + 600)
        .sign(keys.privateKey),
    'without expiry': () =>
      new SignJWT({ caller: clerk })
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer(SUBGRAPH_TOKEN_ISSUER)
        .setAudience('points')
        .setSubject('x')
        .setIssuedAt(seconds)
        .sign(keys.privateKey),
    'signed with another key': async () => good().sign((await keyPair('Ed25519')).privateKey),
    'with another algorithm': async () => good('ES256').sign((await keyPair('ES256')).privateKey),
    'signed with the public key as a secret': () =>
      good('HS256').sign(Buffer.from(keys.publicJwk.x ?? '', 'base64url')),
    unsigned: () =>
      new UnsecuredJWT({ caller: clerk })
        .setIssuer(SUBGRAPH_TOKEN_ISSUER)
        .setAudience('points')
        .setSubject('x')
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 60)
        .encode(),
    'that is changed': async () => {
      const [head, , signature] = (await good().sign(keys.privateKey)).split('.');
      const body = Buffer.from(JSON.stringify({ caller: { ...clerk, kind: 'SERVICE' } })).toString('base64url');
      return `${head}.${body}.${signature}`;
    },
    'without a caller': () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer(SUBGRAPH_TOKEN_ISSUER)
        .setAudience('points')
        .setSubject('x')
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 60)
        .sign(keys.privateKey),
    'that is no token': () => 'abc.def.ghi',
    'that is empty': () => '',
  };

  it.each(Object.keys(refusals))('is refused %s', async (name) => {
    const token = await refusals[name]!();
    await expect(verify(token, NOW)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is read from a bearer header only', () => {
    expect(bearerToken('Bearer a.b.c')).toBe('a.b.c');
    expect(bearerToken('bearer a.b.c')).toBe('a.b.c');
    for (const header of [undefined, '', 'a.b.c', 'Basic a.b.c', 'Bearer a.b', 'Bearer a.b.c d', 'Bearer']) {
      expect(bearerToken(header)).toBeNull();
    }
  });
});
