// A graph of four subgraphs that answer from memory: what gateways are compared on. Made up for this purpose; of the size and shape
// (entities that lead from subgraph to subgraph and back) at which public comparisons of gateways look.
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

export const SUBGRAPHS: Readonly<Record<string, string>> = {
  people: `${LINK}
    type Query { visitor: Visitor  visitors: [Visitor!] }
    type Visitor @key(fields: "id") { id: ID!  name: String  handle: String @shareable  since: Int }`,
  wares: `${LINK}
    type Query { popular(first: Int = 5): [Ware!] }
    type Ware @key(fields: "sku") { sku: ID!  name: String  price: Int  weight: Int }`,
  shelves: `${LINK}
    type Ware @key(fields: "sku") {
      sku: ID!  weight: Int @external  price: Int @external  inStock: Boolean
      delivery: Int @requires(fields: "price weight")
    }`,
  opinions: `${LINK}
    type Opinion @key(fields: "id") { id: ID!  text: String  author: Visitor @provides(fields: "handle")  ware: Ware }
    type Visitor @key(fields: "id") { id: ID!  handle: String @external  opinions: [Opinion!] }
    type Ware @key(fields: "sku") { sku: ID!  opinions: [Opinion!] }`,
};

const WARE = 'inStock name price delivery sku weight';

export const OPERATIONS = {
  light: `query Light { visitor { id name handle opinions { id text } } popular(first: 3) { sku name inStock } }`,
  heavy: `fragment Author on Opinion { id text author { id handle name opinions { id text ware { ${WARE} } } } }
    query Heavy {
      visitors { id handle name opinions { id text ware { ${WARE} opinions { ...Author } } } }
      popular { ${WARE} opinions { ...Author } }
    }`,
} as const;

const VISITORS = 6;
const WARES = 9;
const OPINIONS = 25;
/** Spreads opinions over people and wares without a pattern that helps anybody. */
const pick = (i: number, of: number) => (i * 7 + (i >> 1) * 5 + 3) % of;
const text = (i: number) =>
  `Opinion ${i}: ${'bought it on a busy Saturday, would do so again. '.repeat(1 + (i % 2))}`.trim();

const visitors = Array.from({ length: VISITORS }, (_, i) => ({
  id: `v${i}`,
  name: `Visitor Number ${i}`,
  handle: `visitor-${i}`,
  since: 2000 + i,
}));
const wares = Array.from({ length: WARES }, (_, i) => ({
  sku: `w${i}`,
  name: `Ware ${i}`,
  price: 199 + i * 350,
  weight: 100 + i * 75,
}));
const opinions = Array.from({ length: OPINIONS }, (_, i) => ({
  id: `o${i}`,
  text: text(i),
  author: { id: `v${pick(i, VISITORS)}`, handle: `visitor-${pick(i, VISITORS)}` },
  ware: { sku: `w${pick(i + 1, WARES)}` },
}));

const opinionsOf = {
  visitor: ({ id }: { id: string }) => opinions.filter(({ author }) => author.id === id),
  ware: ({ sku }: { sku: string }) => opinions.filter(({ ware }) => ware.sku === sku),
};

export const RESOLVERS: Readonly<Record<string, object>> = {
  people: {
    Query: { visitor: () => visitors[0], visitors: () => visitors },
    Visitor: { __resolveReference: ({ id }: { id: string }) => visitors.find((one) => one.id === id) },
  },
  wares: {
    Query: { popular: (_: unknown, { first }: { first: number }) => wares.slice(0, first) },
    Ware: { __resolveReference: ({ sku }: { sku: string }) => wares.find((one) => one.sku === sku) },
  },
  shelves: {
    Ware: {
      __resolveReference: (ware: object) => ware,
      inStock: ({ sku }: { sku: string }) => sku !== 'w3',
      delivery: ({ price, weight }: { price: number; weight: number }) => (price > 1000 ? 0 : Math.round(weight / 2)),
    },
  },
  opinions: {
    Opinion: { __resolveReference: ({ id }: { id: string }) => opinions.find((one) => one.id === id) },
    Visitor: { __resolveReference: (visitor: object) => visitor, opinions: opinionsOf.visitor },
    Ware: { __resolveReference: (ware: object) => ware, opinions: opinionsOf.ware },
  },
};

/** `more`: further subgraphs, by name. */
export function composeBenchGraph(urls: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const composed = composeServices(
    Object.entries({ ...SUBGRAPHS, ...more }).map(([name, sdl]) => ({
      name,
      url: urls[name] ?? '',
      typeDefs: parse(sdl),
    })),
  );
  if (composed.errors) throw new AggregateError(composed.errors);
  return composed.supergraphSdl;
}
