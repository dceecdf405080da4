import { generateKeyPair, SignJWT } from 'jose';
import { AUDIENCE, GROUP, type Harness, ISSUER, MEMBER, startHarness } from './harness';

const ALLOWED = 20;
const PEOPLE = { query: '{ people { id } }' };
const CLAIM = { kind: 'MEMBER', group: GROUP, member: MEMBER };

describe('bad tokens', () => {
  let graph: Harness;
  let stranger: Parameters<SignJWT['sign']>[0];
  beforeEach(async () => {
    const badTokens = { count: ALLOWED, periodMs: 3_600_000 };
    graph = await startHarness({ rates: { callers: {}, fields: {}, badTokens }, proxies: 1 });
    stranger = (await generateKeyPair('EdDSA')).privateKey;
  });
  afterEach(() => graph.stop());

  /** Right in all but the key. */
  const forged = (subject: string) =>
    new SignJWT({ atrium: CLAIM })
      .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setExpirationTime('5m')
      .sign(stranger);
  const good = (subject: string) => graph.token(undefined, (jwt) => jwt.setSubject(subject));
  const send = (token: string | undefined, address: string) =>
    graph.post(PEOPLE, {
      'x-forwarded-for': address,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    });
  const statuses = async (tokens: (string | undefined)[], address: string) => {
    const answers = await Promise.all(tokens.map((token) => send(token, address)));
    return answers.reduce<Record<number, number>>(
      (all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }),
      {},
    );
  };
  const many = (count: number, make: (subject: string) => Promise<string>) =>
    Promise.all(Array.from({ length: count }, (_, i) => make(`s${i}`)));
  const counted = async (outcome: string) => {
    const text = await (await fetch(`${graph.gateway.url}metrics`)).text();
    return Number(new RegExp(`gateway_tokens_total{outcome="${outcome}"} (\\d+)`).exec(text)?.[1] ?? 0);
  };

  it('are looked at until one address has sent too many, and callers elsewhere have their answers meanwhile', async () => {
    const floods = await Promise.all(
      ['10.0.0.1', '10.0.0.2'].map(async (address) => ({
        address,
        tokens: await many(300, (subject) => forged(`${address} ${subject}`)),
      })),
    );
    const honest = await many(40, good);
    const seen = await good('seen-before');
    expect(await statuses([seen], '10.0.0.1')).toEqual({ 200: 1 });

    const inTurns = async () => {
      for (let i = 0; i < honest.length; i += 10)
        expect(await statuses(honest.slice(i, i + 10), '10.0.0.3')).toEqual({ 200: 10 });
    };
    const [, ...flooded] = await Promise.all([
      inTurns(), // more good tokens than bad ones are allowed: they take nothing
      ...floods.map(({ address, tokens }) => statuses(tokens, address)),
    ]);
    expect(flooded).toEqual([
      { 401: ALLOWED, 429: 300 - ALLOWED },
      { 401: ALLOWED, 429: 300 - ALLOWED },
    ]);
    expect([await counted('refused'), await counted('limited')]).toEqual([2 * ALLOWED, 2 * (300 - ALLOWED)]);

    // At the address itself: who is known stays known, and who has no token needs none.
    expect(await statuses([seen, undefined], '10.0.0.1')).toEqual({ 200: 2 });
    // What the client writes in front of what the proxy saw is not believed.
    const { status, headers, body } = await send(await forged('again'), '10.9.9.9, 10.0.0.1');
    expect([status, body.errors?.[0]?.extensions]).toEqual([
      429,
      expect.objectContaining({ code: 'RATE_LIMITED', max: ALLOWED, retryable: true }),
    ]);
    // A twentieth of an hour gives one back.
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(170);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(180);
  });

  it('are remembered, so that one sent again costs no cryptography, and reach no subgraph', async () => {
    const token = await forged('one');
    for (let i = 0; i < ALLOWED; i++) expect((await send(token, '10.0.0.4')).status).toBe(401);
    expect([await counted('refused'), await counted('remembered')]).toEqual([1, ALLOWED - 1]);
    expect((await send(token, '10.0.0.4')).status).toBe(429);
    expect(graph.people.received).toHaveLength(0);
  });

  it('are refused before the body is read', async () => {
    const answer = await graph.post('x'.repeat(900_000), { authorization: `Bearer ${await forged('big')}` });
    expect([answer.status, answer.body.errors?.[0]?.extensions['code']]).toEqual([401, 'UNAUTHENTICATED']);
  });
});
