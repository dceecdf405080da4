import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { compareSchemas } from './compare-schemas';
import { applyExceptions, parseExceptions } from './contract-exceptions';

const CONTRACT = `
  scalar Decimal
  interface UserError { code: String! }
  interface Named implements UserError { code: String! name: String }
  type Lost implements UserError { code: String! }
  type Late implements UserError & Named { code: String! name: String }
  union Result = Member | Lost | Late
  enum Status { ACTIVE CLOSED }
  type Member {
    id: ID!
    name: String
    status: Status!
    sums: [Decimal!]!
    friends(first: Int = 20, after: String): [Member]
  }
  input Money { amount: Decimal! currency: String = "CNY" tags: [String] }
  type Query { me: Member member(id: ID!): Member }
  type Mutation { pay(input: Money!): Result! }
`;
const contract = buildSchema(CONTRACT);

/** The contract with one thing changed; the change must be there to be made. */
function changed(from: string, to: string): ReturnType<typeof buildSchema> {
  if (!CONTRACT.includes(from)) throw new Error(`The contract has no "${from}"`);
  return buildSchema(CONTRACT.replace(from, to));
}

describe('the comparison with the contract', () => {
  it.each([
    // what is narrower, from, to, where, rule
    ['a union member is missing', '| Late', '', 'Result', 'UNION_MEMBER_MISSING'],
    ['a field is missing', 'name: String\n    status', 'status', 'Member.name', 'FIELD_MISSING'],
    ['a root field is missing', 'me: Member member', 'member', 'Query.me', 'FIELD_MISSING'],
    ['a type has another name', 'status: Status!', 'status: String!', 'Member.status', 'OUTPUT_TYPE_CHANGED'],
    ['a list became one', 'sums: [Decimal!]!', 'sums: Decimal!', 'Member.sums', 'OUTPUT_TYPE_CHANGED'],
    [
      'one became a list',
      'name: String\n    status',
      'name: [String]\n    status',
      'Member.name',
      'OUTPUT_TYPE_CHANGED',
    ],
    ['an output may be null', 'id: ID!\n', 'id: ID\n', 'Member.id', 'OUTPUT_MADE_NULLABLE'],
    ['a list may be null', '[Decimal!]!', '[Decimal!]', 'Member.sums', 'OUTPUT_MADE_NULLABLE'],
    ['an element may be null', '[Decimal!]!', '[Decimal]!', 'Member.sums', 'OUTPUT_MADE_NULLABLE'],
    ['a payload may be null', 'Result!', 'Result', 'Mutation.pay', 'OUTPUT_MADE_NULLABLE'],
    ['an argument is missing', ', after: String', '', 'Member.friends(after:)', 'ARGUMENT_MISSING'],
    ['an argument is required now', 'after: String', 'after: String!', 'Member.friends(after:)', 'INPUT_MADE_REQUIRED'],
    ['null is no longer taken', 'first: Int = 20', 'first: Int! = 20', 'Member.friends(first:)', 'INPUT_MADE_REQUIRED'],
    ['an argument has another type', 'member(id: ID!)', 'member(id: Int!)', 'Query.member(id:)', 'INPUT_TYPE_CHANGED'],
    ['a new argument is required', 'me: Member', 'me(at: Int!): Member', 'Query.me(at:)', 'ARGUMENT_ADDED_REQUIRED'],
    ['a default changed', 'first: Int = 20', 'first: Int = 10', 'Member.friends(first:)', 'DEFAULT_CHANGED'],
    ['a default is gone', 'first: Int = 20', 'first: Int', 'Member.friends(first:)', 'DEFAULT_CHANGED'],
    ['an input field is missing', 'tags: [String]', '', 'Money.tags', 'INPUT_FIELD_MISSING'],
    ['an input field is required now', 'tags: [String]', 'tags: [String]!', 'Money.tags', 'INPUT_MADE_REQUIRED'],
    ['an input element is required now', 'tags: [String]', 'tags: [String!]', 'Money.tags', 'INPUT_MADE_REQUIRED'],
    ['an input field has another type', 'tags: [String]', 'tags: String', 'Money.tags', 'INPUT_TYPE_CHANGED'],
    [
      'a new input field is required',
      'tags: [String]',
      'tags: [String] key: ID!',
      'Money.key',
      'INPUT_FIELD_ADDED_REQUIRED',
    ],
    ['an input default changed', '= "CNY"', '= "EUR"', 'Money.currency', 'DEFAULT_CHANGED'],
    ['an interface is gone', 'type Lost implements UserError', 'type Lost', 'Lost', 'INTERFACE_MISSING'],
    [
      'an interface of an interface is gone',
      'interface Named implements UserError',
      'interface Named',
      'Named',
      'INTERFACE_MISSING',
    ],
    ['an enum value is missing', 'ACTIVE CLOSED', 'ACTIVE', 'Status.CLOSED', 'ENUM_VALUE_MISSING'],
    ['a scalar became an enum', 'scalar Decimal', 'enum Decimal { ONE }', 'Decimal', 'KIND_CHANGED'],
    ['a type became an interface', 'type Lost implements', 'interface Lost implements', 'Lost', 'KIND_CHANGED'],
  ])('refuses when %s', (_, from, to, at, rule) => {
    // A few of these are not valid schemas as a whole; the comparison sees the one change all the same.
    expect(compareSchemas(contract, changed(from, to))).toEqual([{ at, rule, detail: expect.any(String) }]);
  });

  it('refuses a missing type and a missing root', () => {
    const bare = compareSchemas(contract, buildSchema('type Query { me: Int }'));
    expect(bare).toContainEqual({ at: 'Money', rule: 'TYPE_MISSING', detail: 'is missing' });
    expect(bare).toContainEqual({ at: 'Mutation', rule: 'ROOT_TYPE_MISSING', detail: 'is not the mutation type' });
  });

  it.each([
    ['a new field', 'id: ID!\n', 'id: ID! age: Int\n'],
    ['a new type', 'scalar Decimal', 'scalar Decimal type New { a: Int }'],
    ['a new optional argument', 'me: Member', 'me(at: Int): Member'],
    ['a new argument with a default', 'me: Member', 'me(at: Int! = 1): Member'],
    ['a new optional input field', 'tags: [String]', 'tags: [String] key: ID'],
    ['a new union member', 'Member | Lost', 'Member | Query | Lost'],
    ['a new enum value', 'ACTIVE CLOSED', 'ACTIVE CLOSED FROZEN'],
    ['a new interface', 'type Member {', 'interface Node { id: ID! } type Member implements Node {'],
    ['an output that is never null', 'name: String\n    status', 'name: String!\n    status'],
    ['elements that are never null', '[Member]', '[Member!]!'],
    ['an input that may be left out', 'pay(input: Money!)', 'pay(input: Money)'],
    ['an input with a new default', 'tags: [String]', 'tags: [String] = []'],
  ])('welcomes %s', (_, from, to) => {
    expect(compareSchemas(contract, changed(from, to))).toEqual([]);
  });

  it('finds nothing between the contract and itself', () => {
    const real = readFileSync(join(__dirname, '../../../gateway/contract.graphql'), 'utf8');
    expect(compareSchemas(buildSchema(real), buildSchema(real))).toEqual([]);
  });
});

describe('exceptions', () => {
  const difference = { at: 'Member.id', rule: 'OUTPUT_MADE_NULLABLE', detail: 'is ID, not ID!' } as const;
  const exception = { at: 'Member.id', rule: 'OUTPUT_MADE_NULLABLE', reason: 'Decided in docs/adr/0099-example.md' };

  it('excuse exactly their difference', () => {
    expect(applyExceptions([difference], [exception])).toEqual({ open: [], unused: [] });
    expect(applyExceptions([{ ...difference, at: 'Member.name' }], [exception])).toEqual({
      open: [{ ...difference, at: 'Member.name' }],
      unused: [exception],
    });
  });

  it('need a reason', () => {
    expect(() => parseExceptions([{ ...exception, reason: '' }])).toThrow();
    expect(parseExceptions([exception])).toEqual([exception]);
  });
});
