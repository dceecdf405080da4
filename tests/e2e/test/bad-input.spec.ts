import { createPublicKey } from 'node:crypto';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, mustMutate, mutate } from '@atrium/testkit';
import { importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { startStoryGraph, type StoryGraph } from './graph';
import { at, gross, type Known, lines, sale, SALES, VERBS } from './bad-inputs';
import { openRows, type Rows } from './rows';
import { CALLERS, type CallerName, enrol, makeWorld, type World } from './world';

/** Verbs whose input cannot be wrong otherwise than in naming something. */
const NO_PATH = new Set(['cancelCheckout', 'claimCoupon', 'markMessageRead']);

interface Answered {
  status: number;
  data?: { result?: unknown } | null;
  errors?: { extensions?: Record<string, unknown> }[];
}

describe('bad input through the gateway: a typed answer each, nothing written', () => {
  let graph: StoryGraph;
  let world: World;
  let rows: Rows;
  let known: Known;
  let before: Record<string, string>;

  beforeAll(async () => {
    graph = await startStoryGraph();
    world = await makeWorld(graph, 'STORY');
    const [stranger = ''] = await enrol(world.clients.service, ['STRANGER']);
    known = { ids: world.ids, stranger };
    await graph.settled();
    rows = await openRows(graph.databases);
    await rows.quiet();
    before = await rows.fingerprints();
  });
  afterAll(async () => {
    await rows?.close();
    await graph?.end();
  });
  // Of all rows of all databases, outboxes and kept answers too.
  afterEach(async () => {
    const after = await rows.fingerprints();
    const expected = before;
    // What one case wrote is not held against the next.
    if (JSON.stringify(after) !== JSON.stringify(expected)) await graph.settled();
    before = await rows.fingerprints();
    expect(after).toEqual(expected);
  });

  async function refusalOf(caller: CallerName, name: string, input: object): Promise<unknown[]> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const reply = await world.callers[caller].send<{ result: unknown }>(
      `mutation ($input: ${type}!) { result: ${name}(input: $input) {
        __typename ... on UserError { code message remedy } ${NO_PATH.has(name) ? '' : '... on InvalidInputError { path }'} } }`,
      { input },
    );
    const error = reply.errors[0]?.extensions?.['code'];
    if (error !== undefined) return [error];
    const answers = [reply.data?.result].flat() as {
      __typename: string;
      code: string;
      path?: string[];
      message: string;
    }[];
    expect(answers.every(({ message }) => typeof message === 'string' && message !== '')).toBe(true);
    const [first] = answers;
    expect(answers.every((each) => JSON.stringify(each) === JSON.stringify(first))).toBe(true);
    return [first?.__typename, first?.code, ...(first?.path ? [first.path.join('.')] : [])];
  }

  it.each(SALES)('a sale with %s', async (_, input, expected) => {
    expect(await refusalOf('till', 'recordPurchase', input(known))).toEqual(expected);
  });

  it('501 sales at once', async () => {
    const purchases = Array.from({ length: 501 }, () => sale(known));
    expect(await refusalOf('till', 'recordPurchases', { purchases })).toEqual(at('purchases'));
  });

  it.each(VERBS)('%s (%s: %s)', async (_what, caller, name, input, expected) => {
    expect(await refusalOf(caller, name, input(known))).toEqual(expected);
  });

  async function raw(init: RequestInit, search = ''): Promise<unknown[]> {
    const response = await fetch(graph.url + search, init);
    const body = (await response.json()) as Answered;
    expect(body.data?.result ?? null).toBeNull();
    return [response.status, body.errors?.[0]?.extensions?.['code']];
  }
  const JSON_TYPE = { 'content-type': 'application/json' };
  const RECORD = 'mutation ($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { __typename } }';
  const record = () => JSON.stringify({ query: RECORD, variables: { input: sale(known) } });

  const claim = () => ({ kind: 'TILL', group: world.ids.groupId, store: world.ids.storeId });
  const good = () =>
    new SignJWT({ atrium: claim() })
      .setIssuer(LOCAL_ISSUER)
      .setAudience(LOCAL_AUDIENCE)
      .setSubject('till')
      .setExpirationTime('1h');
  const signed = async (token: SignJWT) =>
    token
      .setProtectedHeader({ alg: 'EdDSA', kid: graph.keys.issuer.kid ?? '' })
      .sign(await importJWK(graph.keys.issuer, 'EdDSA'));
  const tokens: [string, () => string | Promise<string>][] = [
    ['is malformed', () => 'abc.def.ghi'],
    ['is empty', () => ''],
    ['is cut off', async () => (await signed(good())).slice(0, -5)],
    ['has expired', () => signed(good().setExpirationTime(Math.floor(Date.now() / 1000) - 60))],
    ['is not valid yet', () => signed(good().setNotBefore(Math.floor(Date.now() / 1000) + 600))],
    ['is for another audience', () => signed(good().setAudience('elsewhere'))],
    ['is from another issuer', () => signed(good().setIssuer('https://elsewhere.example'))],
    [
      'has no expiry',
      async () =>
        signed(new SignJWT({ atrium: claim() }).setIssuer(LOCAL_ISSUER).setAudience(LOCAL_AUDIENCE).setSubject('till')),
    ],
    [
      'carries no claims',
      () =>
        signed(
          new SignJWT({})
            .setIssuer(LOCAL_ISSUER)
            .setAudience(LOCAL_AUDIENCE)
            .setSubject('till')
            .setExpirationTime('1h'),
        ),
    ],
    [
      'is unsigned (alg none)',
      () =>
        new UnsecuredJWT({ atrium: claim() })
          .setIssuer(LOCAL_ISSUER)
          .setAudience(LOCAL_AUDIENCE)
          .setSubject('till')
          .setExpirationTime('1h')
          .encode(),
    ],
    [
      'is signed with the public key as a secret',
      async () => {
        const { kty, crv, x, kid } = graph.keys.issuer;
        const secret = createPublicKey({ key: { kty: kty ?? '', crv: crv ?? '', x: x ?? '' }, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        return good()
          .setProtectedHeader({ alg: 'HS256', kid: kid ?? '' })
          .sign(Buffer.from(secret));
      },
    ],
    [
      "is the gateway's own",
      async () =>
        good()
          .setProtectedHeader({ alg: 'EdDSA', kid: graph.keys.issuer.kid ?? '' })
          .sign(await importJWK(graph.keys.gateway, 'EdDSA')),
    ],
  ];
  it.each(tokens)('a token that %s', async (_, token) => {
    const headers = { ...JSON_TYPE, authorization: `Bearer ${await token()}` };
    expect(await raw({ method: 'POST', headers, body: record() })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('no token', async () => {
    expect((await raw({ method: 'POST', headers: JSON_TYPE, body: record() }))[1]).toBe('UNAUTHENTICATED');
  });

  const deep = `{ purchase(id: "x") { ${'postings { purchase { '.repeat(8)} id ${'} } '.repeat(8)} } }`;
  const wrongRequests: [
    string,
    () => { body?: string; method?: string; search?: string; type?: string | null },
    unknown[],
  ][] = [
    [
      'a body of 10 MB',
      () => ({
        body: JSON.stringify({
          query: RECORD,
          variables: { input: sale(known, { externalId: 'x'.repeat(10 * 1024 * 1024) }) },
        }),
      }),
      [413, 'BODY_TOO_LARGE'],
    ],
    ['a body that is not JSON', () => ({ body: '{ me { id } }' }), [400, 'BAD_REQUEST']],
    ['an empty body', () => ({ body: '' }), [400, 'BAD_REQUEST']],
    ['a list of operations', () => ({ body: `[${record()},${record()}]` }), [400, 'BAD_REQUEST']],
    ['a form of another site', () => ({ body: record(), type: 'text/plain' }), [415, 'UNSUPPORTED_MEDIA_TYPE']],
    [
      'a mutation by GET',
      () => ({
        method: 'GET',
        search: `?query=${encodeURIComponent('mutation { result: showMemberCode(input: { idempotencyKey: "csrf" }) { __typename } }')}`,
      }),
      [405, 'METHOD_NOT_ALLOWED'],
    ],
    ['PUT', () => ({ method: 'PUT', body: record() }), [405, 'METHOD_NOT_ALLOWED']],
    ['a syntax error', () => ({ body: JSON.stringify({ query: '{ me {' }) }), [400, 'GRAPHQL_PARSE_FAILED']],
    [
      'an unknown field',
      () => ({ body: JSON.stringify({ query: '{ me { password } }' }) }),
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    ['a deep query', () => ({ body: JSON.stringify({ query: deep }) }), [400, 'OPERATION_TOO_DEEP']],
    [
      '100 aliases',
      () => ({
        body: JSON.stringify({ query: `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: me { id }`).join(' ')} }` }),
      }),
      [400, 'TOO_MANY_ALIASES'],
    ],
    [
      '10,000 aliases',
      () => ({
        body: JSON.stringify({
          query: `{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: me { id }`).join(' ')} }`,
        }),
      }),
      [400, 'TOO_MANY_TOKENS'],
    ],
  ];
  it.each(wrongRequests)('%s', async (_, request, expected) => {
    const { body, method = 'POST', search, type = 'application/json' } = request();
    const authorization = `Bearer ${await signed(good())}`;
    const headers = { authorization, 'apollo-require-preflight': 'true', ...(type ? { 'content-type': type } : {}) };
    expect(await raw({ method, headers, ...(body === undefined ? {} : { body }) }, search)).toEqual(expected);
  });

  it('a query by GET without the header that no simple form can send', async () => {
    const search = `?query=${encodeURIComponent('{ tiers { code } }')}`;
    expect((await raw({ headers: { authorization: `Bearer ${await signed(good())}` } }, search))[0]).toBe(400);
  });

  const pages = ['first: 0', 'first: -1', 'first: 101', 'after: "nonsense"', 'after: "MjAyNi0wMS0wMQ"'];
  it.each(pages.flatMap((page) => CALLERS.slice(3).map((caller) => [page, caller] as const)))(
    'a page of %s',
    async (page, caller) => {
      for (const list of ['coupons', 'inbox', 'purchases']) {
        const reply = await world.callers[caller].send(`{ me { ${list}(${page}) { pageInfo { hasNextPage } } } }`);
        expect([list, reply.errors[0]?.extensions?.['code']]).toEqual([list, 'BAD_REQUEST']);
      }
      const entries = await world.callers[caller].send(
        `{ me { points { entries(${page}) { pageInfo { hasNextPage } } } tier { history(${page}) { pageInfo { hasNextPage } } } } }`,
      );
      expect(entries.errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_REQUEST', 'BAD_REQUEST']);
    },
  );

  describe('what is large but sound', () => {
    afterEach(async () => {
      await graph.settled();
      await rows.quiet();
      before = await rows.fingerprints();
    });

    it('amounts past 32 bits are exact', async () => {
      // 30,000,000.01 is 3,000,000,001 minor units, above 2^31.
      const input = { ...lines(known, gross('30000000.01')), member: { memberId: known.stranger } };
      type Made = { purchase: { paid: { amount: string } } };
      const made = await mustMutate<Made>(world.callers.till, 'recordPurchase', input, 'purchase { paid { amount } }');
      expect(made.purchase.paid.amount).toBe('30000000.01');
      await graph.settled();
      const { member } = await world.callers.admin.ask<{ member: unknown }>(
        'query ($id: ID!) { member(id: $id) { points { available growth } } }',
        { id: known.stranger },
      );
      expect(member).toEqual({ points: { available: '30000000', growth: '30000000' } });
    });

    it('the largest amount of 64 bits is exact', async () => {
      const made = await mutate(
        world.callers.till,
        'recordPurchase',
        lines(known, gross('92233720368547758.07')),
        'purchase { paid { amount } }',
      );
      expect(made).toMatchObject({ purchase: { paid: { amount: '92233720368547758.07' } } });
    });
  });
});
