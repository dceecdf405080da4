import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type ClientOptions, dataOf, graphql, hashOf, match, textOf, UnknownType } from '../src';

const Home = graphql('query Home { me { displayName unreadMessages } }');
const Claim = graphql(`
  mutation Claim($input: ClaimCouponInput!) {
    claimCoupon(input: $input) {
      __typename
      ... on UserError {
        code
      }
      ... on InProgressError {
        retryAfterMs
      }
    }
  }
`);

type Sent = { headers: IncomingMessage['headers']; body: Record<string, ReturnType<typeof JSON.parse>> };
type Step = (response: ServerResponse, sent: Sent) => void;

const reply =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Step =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const refuse = (code: string, status: number, headers: Record<string, string> = {}, retryable = false): Step =>
  reply({ errors: [{ message: code, extensions: { code, retryable } }] }, status, headers);
const cut: Step = (response) => response.destroy();
const home = reply({ data: { me: { displayName: 'Li', unreadMessages: 1 } } }, 200, { 'x-request-id': 'theirs-1' });
const claimed = reply({ data: { claimCoupon: { __typename: 'ClaimCouponSuccess' } } });
const busy = reply({ data: { claimCoupon: { __typename: 'InProgressError', code: 'IN_PROGRESS', retryAfterMs: 1 } } });

/** A server over real sockets that takes these steps, the last one again and again. */
describe('the client', () => {
  let server: Server;
  let url: string;
  let steps: Step[];
  let sent: Sent[];
  const client = (options: Partial<ClientOptions> = {}) =>
    createClient({ url, retry: { baseMs: 1, maxMs: 3_000 }, ...options });
  const claim = (key = 'key-1', more: Partial<ClientOptions> = {}) =>
    client(more).mutate(Claim, { input: { idempotencyKey: key, templateId: 'x' } });

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const one = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Sent['body'] };
      sent.push(one);
      (steps.length > 1 ? steps.shift() : steps[0])?.(response, one);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  beforeEach(() => (sent = []));
  afterAll(() => server.close().closeAllConnections());

  it('sends the operation with its name, and gives data with the id of the request', async () => {
    steps = [home];
    const answer = await client({ token: () => 'abc', language: 'zh-CN' }).query(Home);
    expect(answer).toEqual({
      state: 'complete',
      data: { me: { displayName: 'Li', unreadMessages: 1 } },
      requestId: 'theirs-1',
    });
    expect(sent[0]?.body).toEqual({ operationName: 'Home', query: textOf(Home) });
    expect(sent[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'accept-language': 'zh-CN' });
  });

  it('gives what is there of a screen at once, and what is missing', async () => {
    const error = { message: 'away', path: ['me', 'unreadMessages'] };
    const extensions = { code: 'UNAVAILABLE', retryable: true, serviceName: 'messaging' };
    steps = [reply({ data: { me: { displayName: 'Li', unreadMessages: null } }, errors: [{ ...error, extensions }] })];
    const answer = await client().query(Home);
    expect(answer).toMatchObject({ state: 'partial', errors: [{ ...error, ...extensions, max: null }] });
    expect(sent).toHaveLength(1);
    expect(() => dataOf(answer)).toThrow(/UNAVAILABLE: away \(request [0-9a-f-]{36}\)/);
  });

  it.each([
    ['a connection that breaks', cut],
    ['503', refuse('UNAVAILABLE', 503, {}, true)],
    ['502 of something in between', reply('<html>', 502)],
    ['an error that may pass', refuse('TIMEOUT', 200, {}, true)],
    ['a submission under way', busy],
  ])('sends a mutation again after %s, with the same idempotency key and request id', async (_, step) => {
    steps = [step, step, claimed];
    expect(dataOf(await claim())).toEqual({ claimCoupon: { __typename: 'ClaimCouponSuccess' } });
    expect(sent.map(({ body }) => body['variables'].input.idempotencyKey)).toEqual(['key-1', 'key-1', 'key-1']);
    expect(new Set(sent.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
  });

  it('gives up after four tries, and tells why', async () => {
    steps = [cut];
    const answer = await claim();
    expect(answer).toMatchObject({ state: 'failed', failure: { code: 'NETWORK', retryable: true, status: null } });
    expect(sent).toHaveLength(4);
    steps = [busy];
    expect(dataOf(await claim()).claimCoupon.__typename).toBe('InProgressError');
    expect(sent).toHaveLength(8);
  });

  it('sends a mutation without a key once: it may have been done', async () => {
    const Literal = graphql(
      'mutation Literal($id: ID!) { claimCoupon(input: { idempotencyKey: "k", templateId: $id }) { __typename } }',
    );
    steps = [cut];
    await client().mutate(Literal, { id: 'x' });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['a refusal', refuse('FORBIDDEN', 200)],
    ['a document that is not valid', refuse('GRAPHQL_VALIDATION_FAILED', 400)],
    ['a wait that is too long', refuse('RATE_LIMITED', 429, { 'retry-after': '60' })],
  ])('does not repeat %s', async (_, step) => {
    steps = [step];
    expect((await client().query(Home)).state).toBe('failed');
    expect(sent).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    steps = [refuse('RATE_LIMITED', 429, { 'retry-after': '1' }), home];
    const begun = performance.now();
    expect((await client().query(Home)).state).toBe('complete');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    steps = [refuse('RATE_LIMITED', 429, { 'retry-after': '60' })];
    expect(await client().query(Home)).toMatchObject({ failure: { retryAfterMs: 60_000, retryable: true } });
  });

  it('stops when the caller does', async () => {
    const abort = new AbortController();
    steps = [() => abort.abort()];
    const answer = await client().query(Home, {}, { signal: abort.signal });
    expect(answer).toMatchObject({ state: 'failed', failure: { code: 'ABORTED', retryable: false } });
    expect(sent).toHaveLength(1);
  });

  it('asks for a new token once when the old one is refused', async () => {
    const token = (renew: boolean) => (renew ? 'new' : 'old');
    steps = [refuse('UNAUTHENTICATED', 401), home];
    expect((await client({ token }).query(Home)).state).toBe('complete');
    steps = [refuse('UNAUTHENTICATED', 401)];
    expect((await client({ token }).query(Home)).state).toBe('failed');
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer old',
      'Bearer new',
    ]);
  });

  it('sends a hash, and the text when the graph does not know it', async () => {
    steps = [refuse('PERSISTED_QUERY_NOT_FOUND', 200), home, home];
    const persisted = client({ persisted: true });
    expect((await persisted.query(Home)).state).toBe('complete');
    const extensions = { persistedQuery: { version: 1, sha256Hash: await hashOf(Home) } };
    expect(sent.map(({ body }) => [body['query'], body['extensions']])).toEqual([
      [undefined, extensions],
      [textOf(Home), extensions],
    ]);
  });

  it('says so when the graph answers with a type of a later version', () => {
    const result = { __typename: 'LaterError' } as never as { __typename: 'Known' };
    expect(() => match(result, { Known: () => 1 })).toThrow(UnknownType);
  });
});
