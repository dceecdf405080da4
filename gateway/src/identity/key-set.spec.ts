import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createTokenVerifier } from './verify-caller';

type Key = { public: JWK; sign: (subject: string) => Promise<string> };

describe("the issuer's keys", () => {
  let server: Server;
  let url: string;
  let served: JWK[];
  let status: number;
  let asked: number;
  let at: number;

  const makeKey = async (kid: string): Promise<Key> => {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    return {
      public: { ...(await exportJWK(pair.publicKey)), alg: 'EdDSA', kid },
      sign: async (subject) =>
        `Bearer ${await new SignJWT({ atrium: { kind: 'SERVICE', permissions: [] } })
          .setProtectedHeader({ alg: 'EdDSA', kid })
          .setIssuer('issuer')
          .setAudience('atrium')
          .setSubject(subject)
          .setExpirationTime(new Date(at + 3_600_000))
          .sign(pair.privateKey)}`,
    };
  };
  const verifier = (jwks: string) => {
    const tokens = createTokenVerifier({ issuer: 'issuer', audience: 'atrium', jwks, now: () => new Date(at) });
    return async (header: string) => tokens.known(header.slice(7)) ?? tokens.verify(header.slice(7));
  };
  const refusal = async (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error) => error.code,
    );

  beforeAll(async () => {
    server = createServer((_, response) => {
      asked++;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: served }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  beforeEach(() => {
    [asked, status, at] = [0, 200, Date.now()];
  });
  afterAll(() => server.close().closeAllConnections());

  it('change while it runs: a new one is good at once, an old one as long as it is in the set', async () => {
    const [one, two] = [await makeKey('1'), await makeKey('2')];
    const verify = verifier(url);
    served = [one.public];
    expect(await verify(await one.sign('a'))).toMatchObject({ id: 'a' });
    at += 60_000;
    served = [one.public, two.public];
    expect(await verify(await two.sign('b'))).toMatchObject({ id: 'b' });
    expect(await verify(await one.sign('c'))).toMatchObject({ id: 'c' });
    expect(asked).toBe(2);

    served = [two.public];
    at += 5 * 60_000;
    expect(await refusal(verify(await one.sign('d')))).toBe('UNAUTHENTICATED');
    expect(await refusal(verify(await two.sign('e')))).toBe('accepted');
    expect(await refusal(verify(await one.sign('a')))).toBe('UNAUTHENTICATED');
  });

  it('are asked for once in ten seconds, however many tokens name keys that do not exist', async () => {
    const [one, forged] = [await makeKey('1'), await makeKey('9')];
    const verify = verifier(url);
    served = [one.public];
    await verify(await one.sign('a'));
    at += 20_000;
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => forged.sign(`f${i}`)));
    const codes = await Promise.all(tokens.map((token) => refusal(verify(token))));
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']));
    expect(asked).toBe(2);
    expect(await refusal(verify(await one.sign('b')))).toBe('accepted');
  });

  it('stay good while their server is away, and it is retryable when there never were any', async () => {
    const one = await makeKey('1');
    served = [one.public];
    const [known, unknown] = [verifier(url), verifier(url)];
    await known(await one.sign('a'));
    status = 503;
    at += 3_600_000;
    expect(await refusal(known(await one.sign('b')))).toBe('accepted');
    expect(await refusal(unknown(await one.sign('b')))).toBe('UNAVAILABLE');
    status = 200;
    expect(await refusal(unknown(await one.sign('b')))).toBe('accepted');
  });

  it('may be in a file, which is read again like an address', async () => {
    const [one, two] = [await makeKey('1'), await makeKey('2')];
    const file = join(tmpdir(), `jwks-${process.pid}.json`);
    writeFileSync(file, JSON.stringify({ keys: [one.public] }));
    const verify = verifier(file);
    await verify(await one.sign('a'));
    writeFileSync(file, JSON.stringify({ keys: [two.public] }));
    at += 20_000;
    expect(await refusal(verify(await two.sign('b')))).toBe('accepted');
    expect(await refusal(verify(await one.sign('c')))).toBe('UNAUTHENTICATED');
  });
});
