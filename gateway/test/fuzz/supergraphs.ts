import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@requires",
  "@provides", "@external", "@override", "@inaccessible", "@interfaceObject"])`;

const CATALOGUE = {
  products: `
    type Query { product(id: ID!, kind: Kind): Product @shareable  products(first: Int = 2): [Product!]!  node: Node  search: [Result]  any: Result!  grid: [[Item!]]! }
    type Mutation { touch(id: ID!): Book!  rename(name: String!): Result }
    interface Node { id: ID! }
    interface Product implements Node { id: ID!  name: String  price(currency: String = "CNY"): Float  related: [Product!] }
    type Book implements Product & Node @key(fields: "id") { id: ID!  name: String @shareable  price(currency: String = "CNY"): Float  related: [Product!]  author: Person!  pages: Int! }
    type Coat implements Product & Node @key(fields: "id") @key(fields: "sku") { id: ID!  sku: String  name: String @shareable  price(currency: String = "CNY"): Float  related: [Product!]  size: Size }
    union Result = Book | Coat | Person
    type Person @key(fields: "id") { id: ID!  best: Book  title: String @shareable }
    type Item @key(fields: "owner { number } line") { owner: Owner!  line: Int!  weight: Float  parts: [Item] }
    type Owner @shareable { number: Int! }
    enum Size { S M L SECRET @inaccessible }
    enum Kind { NEW OLD }`,
  stock: `
    type Query { product(id: ID!, kind: Kind): Product @shareable  ping: String }
    interface Product { id: ID! }
    type Book implements Product @key(fields: "id") { id: ID!  inStock: Boolean!  price(currency: String = "CNY"): Float @external  cost(rate: Float): Float @requires(fields: "price(currency: \\"EUR\\")")  shelf: Shelf }
    type Coat implements Product @key(fields: "sku") { sku: String  id: ID! @shareable  inStock: Boolean  price(currency: String = "CNY"): Float @external  name: String @external  label: String! @requires(fields: "price name") }
    type Item @key(fields: "owner { number } line") { owner: Owner! @shareable  line: Int! @shareable  weight: Float @external  shipping: Float @requires(fields: "weight parts { line weight }")  parts: [Item] @external }
    type Owner @shareable { number: Int! }
    type Shelf { at: String  books: [Book!]  hidden: String @inaccessible }
    enum Kind { NEW OLD OLDER }`,
  people: `
    type Query { person: Person  people: [Person]!  books: [Book] @provides(fields: "name") }
    type Person @key(fields: "id") { id: ID!  name: String!  friends: [Person!]  address: Address  title: String @override(from: "products") }
    type Address @shareable { city: String  lines: [String!]! }
    type Book @key(fields: "id") { id: ID!  name: String @external  readers: [Person!]! }`,
};

const MEDIA = {
  library: `
    type Query { media: [Media!]!  one(id: ID!): Media  movie: Movie  search: [Found!] }
    interface Media @key(fields: "id") { id: ID!  title: String }
    type Movie implements Media @key(fields: "id") { id: ID!  title: String @shareable  minutes: Int! }
    type Song implements Media @key(fields: "id") { id: ID!  title: String @shareable  singer: String }
    union Found = Movie | Song`,
  reviews: `
    type Query { reviewed: [Media]  review: Review! }
    type Media @key(fields: "id") @interfaceObject { id: ID!  title: String @external  reviews(first: Int): [Review!]!  score: Float  headline: String @requires(fields: "title") }
    type Review { text: String!  media: Media!  stars: Stars }
    enum Stars { ONE TWO }`,
  charts: `
    type Query { top: [Song!] }
    type Song @key(fields: "id") { id: ID!  rank: Int!  title: String @shareable }`,
};

/** The same entities at many places, their fields in other subgraphs: what is asked for at one time goes as one request. */
const WAVES = {
  shops: `
    type Query { shop: Shop  shops: [Shop!]  wares(first: Int = 2): [Ware]  clerk: Clerk!  chain: Chain }
    type Mutation { close(id: ID!): Shop }
    type Shop @key(fields: "id") { id: ID!  name: String  best: Ware  wares: [Ware!]  clerks: [Clerk]!  chain: Chain }
    type Chain { head: Shop  shops: [Shop]  rows: [[Ware!]] }
    type Ware @key(fields: "id") { id: ID! }
    type Clerk @key(fields: "id") { id: ID! }`,
  wares: `
    type Ware @key(fields: "id") { id: ID!  label(in: String): String  price: Float!  maker: Clerk  related: [Ware!]  extra: Extra }
    type Clerk @key(fields: "id") { id: ID!  title: String  sells: [Ware]  best: Ware! }
    type Extra @shareable { text: String  ware: Ware }`,
  stores: `
    type Ware @key(fields: "id") { id: ID!  price: Float! @external  stock(place: String): Int!  cost: Float @requires(fields: "price")  at: Shop }
    type Clerk @key(fields: "id") { id: ID!  boss: Clerk  rank: Int!  shop: Shop }
    type Shop @key(fields: "id") { id: ID!  open: Boolean!  note: String  next: Shop }`,
};

/** Names and schemas; the graph of this product among them. */
export function supergraphs(): Map<string, string> {
  return new Map([
    ['atrium', readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8')],
    ['catalogue', compose(CATALOGUE)],
    ['media', compose(MEDIA)],
    ['waves', compose(WAVES)],
  ]);
}

function compose(subgraphs: Record<string, string>): string {
  const services = Object.entries(subgraphs).map(([name, text]) => ({
    name,
    url: `http://${name}.test/`,
    typeDefs: parse(`${LINK}\n${text}`),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], String(errors));
  return supergraphSdl;
}
