import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config';

const supergraph = join(tmpdir(), `supergraph-${process.pid}.graphql`);
writeFileSync(supergraph, 'type Query { a: Int }');
const NEEDED = {
  SUPERGRAPH_PATH: supergraph,
  CALLER_ISSUER: 'issuer',
  CALLER_AUDIENCE: 'atrium',
  CALLER_JWKS: '/etc/jwks.json',
  SUBGRAPH_TOKEN_KEY: '{"kty":"OKP","crv":"Ed25519","x":"a","d":"b"}',
};

describe('configuration', () => {
  it('is closed unless it is opened', () => {
    expect(loadConfig(NEEDED)).toMatchObject({
      port: 4000,
      introspection: false,
      graphiql: false,
      subgraphUrls: {},
      rates: { callers: { ANONYMOUS: { count: 120, periodMs: 60_000 } } },
      corsOrigins: [],
      documents: { safelist: 'off', persistedQueries: false },
      limits: { depth: 12, aliases: 30, tokens: 2000, bodyBytes: 1_048_576 },
    });
    const urls = '{"points":"http://127.0.0.1:4101/graphql"}';
    expect(
      loadConfig({
        ...NEEDED,
        SUBGRAPH_URLS: urls,
        PORT: '0',
        INTROSPECTION: 'true',
        CORS_ORIGINS: 'https://a.test, https://b.test',
      }),
    ).toMatchObject({
      port: 0,
      corsOrigins: ['https://a.test', 'https://b.test'],
      introspection: true,
      subgraphUrls: { points: 'http://127.0.0.1:4101/graphql' },
    });
  });

  it.each([
    ['CALLER_ISSUER', undefined],
    ['CALLER_JWKS', ''],
    ['PORT', 'http'],
    ['MAX_DEPTH', '0'],
    ['INTROSPECTION', 'yes'],
    ['SHUTDOWN_DELAY_MS', '10001'],
    ['SAFELIST', 'on'],
    ['RATE_LIMITS', '{"callers":{"MEMBER":"many"}}'],
    ['RATE_LIMITS', '{"fields":{"redeemPoints":"1/m"}}'],
    ['SUBGRAPH_URLS', '{"points":"nowhere"}'],
    ['SUBGRAPH_URLS', '{'],
    ['SUBGRAPH_TOKEN_KEY', undefined],
    ['SUBGRAPH_TOKEN_KEY', '{"kty":"EC","d":"secret"}'],
  ])('says that %s is wrong and not what it was', (name, value) => {
    const load = () => loadConfig({ ...NEEDED, [name]: value });
    expect(load).toThrow(name);
    expect(load).not.toThrow('secret');
  });
});
