// What somebody sends who wants the gateway to stand still.
import { generateKeyPair, SignJWT } from 'jose';
import { LOCAL_AUDIENCE, LOCAL_ISSUER } from '@atrium/testkit';
import { MOODS } from './moods';

export interface Sent {
  body: string;
  headers?: Record<string, string>;
}
export interface Attack {
  name: string;
  /** Requests a second. */
  rate: number;
  make: () => Promise<(i: number) => Sent>;
}

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const json = (query: string, variables?: unknown) => JSON.stringify({ query, variables });
const always = (body: string) => () => Promise.resolve(() => ({ body }));
const nested = (depth: number) => `${'opinions { author { '.repeat(depth)}id${' } }'.repeat(depth)}`;
const TOKENS = 2_000;

/** Right in all but the key, so that only cryptography tells. `address`: of which proxy they come. */
const badTokens = (address: (i: number) => string) => async () => {
  const { privateKey } = await generateKeyPair('EdDSA');
  const token = (subject: string) =>
    new SignJWT({ atrium: { kind: 'SERVICE', permissions: [] } })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(LOCAL_ISSUER)
      .setAudience(LOCAL_AUDIENCE)
      .setSubject(subject)
      .setExpirationTime('1h')
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: TOKENS }, (_, i) => token(`s${i}`)));
  const body = json('{ visitor { id } }');
  return (i: number) => ({
    body,
    headers: { authorization: `Bearer ${tokens[i % TOKENS]}`, 'x-forwarded-for': address(i) },
  });
};

export const ATTACKS: readonly Attack[] = [
  { name: '500 levels', rate: 100, make: always(json(`{ visitors { ${nested(250)} } }`)) },
  { name: '10,000 fields', rate: 100, make: always(json(`{ visitors { ${times(10_000, () => 'id')} } }`)) },
  { name: '10,000 aliases', rate: 100, make: always(json(`{ ${times(10_000, (i) => `a${i}: __typename`)} }`)) },
  {
    name: '1 MB of fragments',
    rate: 50,
    make: always(
      json(`{ visitors { ...F0 } } ${times(20_000, (i) => `fragment F${i} on Visitor { ...F${i + 1} id }`)}`),
    ),
  },
  {
    name: 'a circle of fragments',
    rate: 100,
    make: always(
      json(`{ visitors { ...F0 } } ${times(200, (i) => `fragment F${i} on Visitor { ...F${(i + 1) % 200} }`)}`),
    ),
  },
  {
    name: '900 kB of variables',
    rate: 50,
    make: always(
      json('query ($n: Int) { popular(first: $n) { sku } }', { n: Array.from({ length: 150_000 }, (_, i) => i) }),
    ),
  },
  {
    name: 'a batch of 10,000',
    rate: 50,
    make: always(JSON.stringify(Array.from({ length: 10_000 }, () => ({ query: '{ __typename }' })))),
  },
  {
    name: 'operations never seen before',
    rate: 50,
    make: () =>
      Promise.resolve((i: number) => ({
        body: json(`{ visitors { id a${i}: name opinions { id ware { sku name inStock } } } popular { sku price } }`),
      })),
  },
  { name: 'bad tokens, one address', rate: 500, make: badTokens(() => '10.0.0.1') },
  {
    name: 'bad tokens, many addresses',
    rate: 500,
    make: badTokens((i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`),
  },
  ...MOODS.map((mood): Attack => {
    const what = { hang: 'hangs', flood: 'sends 100 MB', half: 'sends half', garbage: 'sends garbage' }[mood];
    return { name: `a subgraph that ${what}`, rate: mood === 'flood' ? 5 : 100, make: always(json(`{ ${mood} }`)) };
  }),
];
