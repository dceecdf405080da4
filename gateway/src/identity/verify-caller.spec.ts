import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createTokenVerifier, type TokenOutcome } from './verify-caller';

const GROUP = '0197a000-0000-7000-8000-000000000001';
const START = new Date('2026-11-22T08:00:00Z');
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

describe('tokens checked with keys from a server', () => {
  let server: Server;
  let keys: JWK[] = [];
  let asked = 0;
  let status = 200;
  let pair: Pair;
  let jwks: string;

  beforeEach(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256' }];
    asked = 0;
    status = 200;
    server = createServer((_, response) => {
      asked++;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const sign = (seconds: number, kid = 'a') =>
    new SignJWT({ atrium: { kind: 'SERVICE', group: GROUP, permissions: ['purchase:record'] } })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer('issuer')
      .setAudience('atrium')
      .setSubject('import')
      .setExpirationTime(Math.floor(START.getTime() / 1000) + seconds)
      .sign(pair.privateKey);
  const outcomes: TokenOutcome[] = [];
  const onOutcome = (outcome: TokenOutcome) => outcomes.push(outcome);
  const verifier = (now: () => Date) => {
    outcomes.length = 0;
    const tokens = createTokenVerifier({ issuer: 'issuer', audience: 'atrium', jwks, now, onOutcome });
    return async (header: string) => tokens.known(header.slice(7)) ?? tokens.verify(header.slice(7));
  };

  it('gives the same caller for the same token, and asks for keys once', async () => {
    const verify = verifier(() => START);
    const header = `Bearer ${await sign(300)}`;
    const [caller, together] = await Promise.all([verify(header), verify(header)]);
    expect(together).toBe(caller);
    expect(caller).toMatchObject({ kind: 'SERVICE', id: 'import', groupId: GROUP, permissions: ['purchase:record'] });
    expect(await verify(header)).toBe(caller);
    expect(await verify(`Bearer ${await sign(301)}`)).not.toBe(caller);
    expect(asked).toBe(1);
  });

  it('does not remember a token beyond its end', async () => {
    let now = START;
    const verify = verifier(() => now);
    const header = `Bearer ${await sign(30)}`;
    await verify(header);
    now = new Date(START.getTime() + 40_000);
    await expect(verify(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: 'The token has expired.' });
  });

  it('refuses a key that the server does not know', async () => {
    await expect(verifier(() => START)(`Bearer ${await sign(300, 'b')}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('blames itself, not the token, when the key server is away', async () => {
    status = 500;
    const header = `Bearer ${await sign(300)}`;
    const verify = verifier(() => START);
    await expect(verify(header)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    status = 200;
    await expect(verify(header)).resolves.toMatchObject({ id: 'import' });
  });

  it('does not look twice at what was wrong, but soon again, and at once when a key may have come', async () => {
    let now = START;
    const verify = verifier(() => now);
    const forged = `Bearer ${(await sign(300)).slice(0, -8)}AAAAAAAA`;
    for (let i = 0; i < 3; i++) await expect(verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    now = new Date(START.getTime() + 11_000);
    await expect(verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(outcomes).toEqual(['refused', 'remembered', 'remembered', 'refused']);

    const early = `Bearer ${await sign(300, 'b')}`;
    await expect(verify(early)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    keys.push({ ...(await exportJWK(pair.publicKey)), kid: 'b', alg: 'ES256' });
    now = new Date(START.getTime() + 22_000);
    await expect(verify(early)).resolves.toMatchObject({ id: 'import' });
  });

  it.each([
    ['no header', 'e30.e30.aaaa'],
    ['no JSON', 'abc.def.ghi'],
    ['a secret', `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.aaaa`],
    ['a kid that is none', `${Buffer.from('{"alg":"ES256","kid":{}}').toString('base64url')}.e30.aaaa`],
    ['a long header', `${Buffer.from(`{"alg":"ES256","x":"${'x'.repeat(2_000)}"}`).toString('base64url')}.e30.aaaa`],
    ['a long token', `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${'a'.repeat(9_000)}.aaaa`],
  ])('is not tried with %s', async (_, token) => {
    await expect(verifier(() => START)(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(outcomes).toEqual(['malformed']);
    expect(asked).toBe(0);
  });
});
