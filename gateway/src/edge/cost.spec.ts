import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { type AdmittedOperation, fragmentsOf } from './admission';
import { costLimit } from './cost';
import { Refusal } from './refusal';
import { readWeights } from './weights';

const SDL = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  type Query {
    one: Item  many: [Item!]!  names: [String!]!
    page(first: Int = 20): Page!
    known: [Item] @listSize(assumedSize: 3)
    sliced(take: Int, head: Int): [Item] @listSize(assumedSize: 5, slicingArguments: ["take", "head"], requireOneSlicingArgument: false)
    book(limit: Int): Book @listSize(slicingArguments: ["limit"], sizedFields: ["pages"])
    search(text: String @cost(weight: 4)): Item @cost(weight: 7)
    heavy: Heavy  any: Any
  }
  type Mutation { change: Item  log(text: String): Boolean }
  union Any = Item | Heavy
  type Item { id: ID!  next: Item  tags: [Tag!]!  page(first: Int = 20): Page! }
  type Tag { name: String }
  type Heavy @cost(weight: 50) { id: ID!  next: Item }
  type Page { edges: [Edge!]!  total: Int }
  type Edge { node: Item! }
  type Book { pages: [Item]  covers: [Item] }`;

describe('the cost of an operation', () => {
  const schema = buildSchema(SDL);
  const weights = readWeights(SDL);
  let cost = -1;
  const admit = costLimit(weights, { cost: 1_000_000, listSize: 10 }, (seen) => (cost = seen));
  const admitted = (text: string, variables = {}): AdmittedOperation => {
    const document = parse(text);
    const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
    return {
      schema,
      fragments: fragmentsOf(document),
      operation: operation as OperationDefinitionNode,
      variables,
      context: {} as never,
    };
  };
  const costOf = (text: string, variables = {}) => {
    void admit(admitted(text, variables));
    return cost;
  };

  it.each([
    ['{ __typename }', 0],
    ['{ one { id } }', 1],
    ['{ one { id next { id next { id } } } }', 3],
    ['{ names }', 0],
    ['{ many { id } }', 10],
    ['{ many { tags { name } } }', 10 + 10 * 10],
    ['{ known { tags { name } } }', 3 + 3 * 10],
    ['{ sliced { id } }', 5],
    ['{ sliced(take: 2, head: 8) { id } }', 8],
    ['{ sliced(take: -4) { id } }', 0],
    ['{ page { total } }', 1],
    ['{ page { edges { node { id } } } }', 1 + 20 * 2],
    ['{ page(first: 3) { edges { node { id page(first: 2) { edges { node { id } } } } } } }', 1 + 3 * (2 + 1 + 2 * 2)],
    ['{ book(limit: 4) { pages { id } covers { id } } }', 1 + 4 + 10],
    ['{ search(text: "a") { id } }', 4 + 7],
    ['{ search { next { id } } }', 7 + 1],
    ['{ heavy { id } }', 50],
    ['{ any { ... on Item { next { id } } ... on Heavy { next { id } } } }', 1 + 1 + 1],
    ['{ a: many { id } b: many { id } }', 20],
    ['mutation { change { id } }', 10 + 1],
    ['mutation { a: log b: log }', 20],
    ['{ page(first: 3) { ...P } } fragment P on Page { edges { ...E } } fragment E on Edge { node { id } }', 1 + 3 * 2],
  ])('%s is %d', (text, expected) => expect(costOf(text)).toBe(expected));

  it('depends on variables and their defaults', () => {
    const text = 'query ($n: Int = 7) { page(first: $n) { edges { node { id } } } }';
    expect(costOf(text)).toBe(1 + 7 * 2);
    expect(costOf(text, { n: 50 })).toBe(1 + 50 * 2);
    expect(costOf('query ($n: Int) { page(first: $n) { edges { node { id } } } }')).toBe(1 + 20 * 2);
  });

  it('is worked out in no time for fragments that double each other', () => {
    const bomb = Array.from({ length: 200 }, (_, i) => `fragment F${i} on Page { ...F${i + 1} ...F${i + 1} }`);
    const text = `{ page(first: 2) { ...F0 } } ${bomb.join(' ')} fragment F200 on Page { edges { node { id } } }`;
    expect(() => costOf(text)).toThrow(Refusal);
    expect(cost).toBeGreaterThan(2 ** 200);
  });

  it('is refused above the limit, with what it costs and what is allowed', () => {
    const limited = costLimit(weights, { cost: 10, listSize: 10 }, () => undefined);
    void limited(admitted('{ many { id } }'));
    expect(() => limited(admitted('{ many { next { id } } }'))).toThrow(
      expect.objectContaining({ status: 400, code: 'OPERATION_TOO_COSTLY', extra: { max: 10, cost: 20 } }),
    );
  });
});
