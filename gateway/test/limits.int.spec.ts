import { type Harness, startHarness } from './harness';

const nested = (depth: number): string => (depth === 1 ? 'id' : `self { ${nested(depth - 1)} }`);

describe('limits', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness()));
  afterAll(() => graph.stop());

  const code = async (query: string) => (await graph.post({ query })).body.errors?.[0]?.extensions['code'];

  it('allows what is within them', async () => {
    expect(await code(`{ people { ${nested(5)} } }`)).toBeUndefined();
    expect(await code('{ a: __typename b: __typename c: __typename d: __typename e: __typename }')).toBeUndefined();
  });

  it.each([
    ['depth', `{ people { ${nested(6)} } }`, 'OPERATION_TOO_DEEP'],
    ['depth behind fragments', `{ people { ...F } } fragment F on Person { ${nested(6)} }`, 'OPERATION_TOO_DEEP'],
    ['depth behind inline fragments', `{ people { ... on Person { ${nested(6)} } } }`, 'OPERATION_TOO_DEEP'],
    ['aliases', '{ a: fail b: fail c: fail d: fail e: fail f: fail }', 'TOO_MANY_ALIASES'],
    ['aliases of the type name', `{ ${[...'abcdef'].map((a) => `${a}: __typename`).join(' ')} }`, 'TOO_MANY_ALIASES'],
    [
      'aliases in fragments',
      '{ people { ...F self { ...F } } } fragment F on Person { a: id b: id c: id }',
      'TOO_MANY_ALIASES',
    ],
    ['one field many times', '{ fail fail fail fail fail fail fail }', 'TOO_MANY_ALIASES'],
    ['a costly list', '{ page(first: 500) { edges { node { id } } } }', 'OPERATION_TOO_COSTLY'],
    ['tokens', `{ ${'__typename '.repeat(400)} }`, 'TOO_MANY_TOKENS'],
    [
      'a circle of fragments',
      '{ people { ...F } } fragment F on Person { self { ...F } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['introspection', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['entities from outside', '{ _entities(representations: []) { __typename } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['the SDL from outside', '{ _service { sdl } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['nonsense', '{', 'GRAPHQL_PARSE_FAILED'],
  ])('refuses %s', async (_, query, expected) => {
    const { status, body } = await graph.post({ query });
    expect(status).toBe(400);
    expect(body.errors?.map(({ extensions }) => extensions['code'])).toContain(expected);
    expect(body.errors?.[0]?.extensions).toHaveProperty('requestId');
  });

  it('answers a fragment bomb at once', async () => {
    const bomb = Array.from({ length: 20 }, (_, i) => `fragment F${i} on Person { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ people { ...F0 } } ${bomb.join(' ')} fragment F20 on Person { a: id }`;
    expect(await code(query)).toBe('TOO_MANY_ALIASES');
  });

  it('does not help to guess the schema when introspection is off', async () => {
    const { body } = await graph.post({ query: '{ echos { caller } }' });
    expect(body.errors?.[0]?.message).not.toContain('Did you mean');
  });

  it('refuses a body of 10 MB with a typed answer, announced or not', async () => {
    const big = JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(10 * 1024 * 1024) } });
    const announced = await graph.post(big);
    expect(announced.status).toBe(413);
    expect(announced.body.errors?.[0]?.extensions).toMatchObject({ code: 'BODY_TOO_LARGE', max: 1_048_576 });

    const chunks = new ReadableStream({
      start(controller) {
        for (let at = 0; at < big.length; at += 65_536) controller.enqueue(Buffer.from(big.slice(at, at + 65_536)));
        controller.close();
      },
    });
    const streamed = await fetch(`${graph.gateway.url}graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect(await streamed.json()).toMatchObject({ errors: [{ extensions: { code: 'BODY_TOO_LARGE' } }] });
  });

  it.each([
    ['a batch', JSON.stringify([{ query: '{ __typename }' }]), {}, 400, 'BAD_REQUEST'],
    ['no JSON', '{"query":', {}, 400, 'BAD_REQUEST'],
    ['a form', 'query={__typename}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no query', '{}', {}, 400, 'BAD_REQUEST'],
  ] as const)('refuses %s', async (_, text, headers, status, expected) => {
    const answer = await graph.post(text, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: expected });
  });

  it('refuses cross-site requests: a simple GET, a mutation by GET', async () => {
    const get = (query: string, headers: Record<string, string>) =>
      fetch(`${graph.gateway.url}graphql?query=${encodeURIComponent(query)}`, { headers });
    expect((await get('{ __typename }', {})).status).toBe(400);
    expect((await get('{ __typename }', { 'apollo-require-preflight': '1' })).status).toBe(200);
    expect((await get('mutation { rename(name: "x") { id } }', { 'apollo-require-preflight': '1' })).status).toBe(405);
    expect((await fetch(`${graph.gateway.url}graphql`, { method: 'DELETE' })).status).toBe(405);
  });
});
