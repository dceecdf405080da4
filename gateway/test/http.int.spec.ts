import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Harness, startHarness } from './harness';

const PAGE = 'https://app.test';

describe('the edge over HTTP', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness({ corsOrigins: [PAGE], compressFromBytes: 500 })));
  afterAll(() => graph.stop());

  /** Without a client that decompresses by itself. */
  const raw = (headers: Record<string, string>, query: string) =>
    new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const sent = request(
        `${graph.gateway.url}graphql`,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
        },
      );
      sent.on('error', reject).end(JSON.stringify({ query }));
    });

  const LARGE = `{ people { ${'abcd'.replace(/./g, (a) => `${a}: self { name id self { name id } } `)} } }`;

  it('compresses large answers for those who take it, the same answer each time', async () => {
    const plain = await raw({}, LARGE);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['content-length']).toBe(String(plain.body.length));
    expect(plain.headers['vary']).toContain('accept-encoding');

    const gzip = await raw({ 'accept-encoding': 'gzip, deflate, br;q=0' }, LARGE);
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    const brotli = await raw({ 'accept-encoding': 'gzip, br' }, LARGE);
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(brotli.body.length).toBeLessThan(plain.body.length / 3);

    const small = await raw({ 'accept-encoding': 'br' }, '{ __typename }');
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  it('lets pages of known origins read answers, and no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${graph.gateway.url}graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
    const known = await preflight(PAGE);
    expect(known.status).toBe(204);
    expect(known.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(known.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(known.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull();

    const answer = await graph.post({ query: '{ __typename }' }, { origin: PAGE });
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('vary')).toContain('origin');
    const other = await graph.post({ query: '{ __typename }' }, { origin: 'https://evil.test' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    // A refusal is to be read, too.
    expect((await graph.post('{', { origin: PAGE })).headers.get('access-control-allow-origin')).toBe(PAGE);
  });

  it.each([
    [undefined, 400, 'application/json'],
    ['*/*', 400, 'application/json'],
    ['application/json', 200, 'application/json'],
    ['application/graphql-response+json', 400, 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 400, 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.2, application/json', 200, 'application/json'],
    ['text/html, */*;q=0.1', 400, 'application/json'],
    ['text/html', 406, 'application/json'],
  ])('answers Accept %s to an invalid operation with %d and %s', async (accept, status, type) => {
    const answer = await graph.post({ query: '{ nothing }' }, accept === undefined ? {} : { accept });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(answer.body.errors).toHaveLength(1);
  });

  it.each([
    ['a batch of one', '[{"query":"{ __typename }"}]'],
    ['a number as variables', '{"query":"{ __typename }","variables":1}'],
    ['a list as extensions', '{"query":"{ __typename }","extensions":[]}'],
    ['a hash of another length', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}'],
    ['nothing', 'null'],
  ])('refuses %s', async (_, body) => {
    const answer = await graph.post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', requestId: expect.any(String) });
  });
});
