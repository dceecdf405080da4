import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { AUDIENCE, GROUP, type Harness, ISSUER, MEMBER, startHarness } from './harness';

const ECHO = { query: '{ echo { caller language headers } }' };

describe('who is asking', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness()));
  afterAll(() => graph.stop());

  it('reaches the subgraph as a verified caller', async () => {
    const { status, body } = await graph.post(ECHO, { authorization: `Bearer ${await graph.token()}` });
    expect(status).toBe(200);
    expect(JSON.parse(body.data?.['echo'].caller)).toMatchObject({ kind: 'MEMBER', groupId: GROUP, memberId: MEMBER });
  });

  it('is anonymous without a token', async () => {
    const { body } = await graph.post(ECHO);
    expect(JSON.parse(body.data?.['echo'].caller)).toMatchObject({ kind: 'ANONYMOUS', groupId: null });
  });

  it('is never taken from inbound headers', async () => {
    const { body } = await graph.post(ECHO, {
      authorization: `Bearer ${await graph.token()}`,
      'x-user-id': 'root',
      'x-atrium-caller': '{"kind":"SERVICE"}',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      cookie: 'session=1',
      'x-request-id': 'request-12345',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'accept-language': 'zh-CN',
    });
    expect(body.data?.['echo'].headers).toEqual([
      'accept',
      'accept-language',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'traceparent',
      'x-request-id',
    ]);
    expect(graph.people.received.at(-1)).toMatchObject({ 'x-request-id': 'request-12345', 'accept-language': 'zh-CN' });
  });

  it("never lets the caller's own token through", async () => {
    const token = await graph.token();
    await graph.post(ECHO, { authorization: `Bearer ${token}` });
    expect(graph.people.received.at(-1)?.authorization).not.toContain(token);
  });

  it('uses one minted token for many requests of one caller, and another for another', async () => {
    const first = { authorization: `Bearer ${await graph.token()}` };
    const other = { authorization: `Bearer ${await graph.token({ kind: 'SERVICE', permissions: [] })}` };
    const sent = async (headers: Record<string, string>) => {
      await graph.post(ECHO, headers);
      return graph.people.received.at(-1)?.authorization;
    };
    const minted = await sent(first);
    expect(await sent(first)).toBe(minted);
    expect(await sent(other)).not.toBe(minted);
  });

  it('drops headers that could harm logs behind it', async () => {
    const { headers } = await graph.post(ECHO, { 'x-request-id': 'a b', 'accept-language': 'x'.repeat(300) });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(graph.people.received.at(-1)).not.toHaveProperty('accept-language');
  });

  const claims = { atrium: { kind: 'MEMBER', group: GROUP, member: MEMBER } };
  const signed = (key: CryptoKeyOf, alg: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: '1' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject('x')
      .setExpirationTime('5m')
      .sign(key);

  const refusals: Record<string, () => Promise<string> | string> = {
    'no bearer': () => 'Basic abc',
    'no token': () => 'Bearer',
    'no JWT': () => 'Bearer abc',
    'three words': () => 'Bearer a.b.c',
    'another issuer': async () => `Bearer ${await graph.token(undefined, (jwt) => jwt.setIssuer('https://evil.test'))}`,
    'another audience': async () => `Bearer ${await graph.token(undefined, (jwt) => jwt.setAudience('other'))}`,
    expired: async () => `Bearer ${await graph.token(undefined, (jwt) => jwt.setExpirationTime('-1m'))}`,
    'not yet valid': async () => `Bearer ${await graph.token(undefined, (jwt) => jwt.setNotBefore('10m'))}`,
    'another key': async () => `Bearer ${await signed((await generateKeyPair('EdDSA')).privateKey, 'EdDSA')}`,
    'another algorithm': async () => `Bearer ${await signed((await generateKeyPair('PS256')).privateKey, 'PS256')}`,
    'the public key as a secret': async () => {
      const { publicKey } = await generateKeyPair('EdDSA', { extractable: true });
      return `Bearer ${await signed(Buffer.from((await exportJWK(publicKey)).x ?? ''), 'HS256')}`;
    },
    'no signature': () =>
      `Bearer ${new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('x').setExpirationTime('5m').encode()}`,
    'claims of nobody': async () => `Bearer ${await graph.token({ kind: 'ROOT' } as never)}`,
    "the gateway's own kind of token": () => graph.people.received.at(-1)?.authorization ?? '',
  };

  it.each(Object.keys(refusals))('is refused with %s', async (name) => {
    const before = graph.people.received.length;
    const authorization = await refusals[name]!();
    const { status, headers, body } = await graph.post(ECHO, { authorization });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    expect(body.errors?.[0]?.extensions['requestId']).toBe(headers.get('x-request-id'));
    expect(graph.people.received).toHaveLength(before);
  });
});

type CryptoKeyOf = Parameters<SignJWT['sign']>[0];
