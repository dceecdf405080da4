import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { fragmentsOf } from './admission';
import { noteCacheHints, readHints } from './cache-hints';
import type { RequestContext } from './request-context';

const SDL = `
  directive @cacheControl(maxAge: Int, scope: Scope) on FIELD_DEFINITION
  enum Scope { PUBLIC PRIVATE }
  type Query {
    pointsLedgerBlock(number: Int): Int
    long: Int @cacheControl(maxAge: 100)
    short: Int @cacheControl(maxAge: 5)
    mine: Int @cacheControl(maxAge: 50, scope: PRIVATE)
    never: Int @cacheControl(maxAge: 0)
    plain: Int
  }
  type Mutation { long: Int }`;

describe('cache hints', () => {
  const schema = buildSchema(SDL);
  const note = noteCacheHints(readHints(SDL));
  const hintOf = (text: string) => {
    const document = parse(text);
    const [operation] = document.definitions as OperationDefinitionNode[];
    const context = { seen: {} } as RequestContext;
    if (operation) void note({ schema, operation, fragments: fragmentsOf(document), variables: {}, context });
    return context.seen.cache && [context.seen.cache.maxAge, context.seen.cache.scope];
  };

  it.each([
    ['{ long }', [100, 'PUBLIC']],
    ['{ __typename long }', [100, 'PUBLIC']],
    ['{ long short }', [5, 'PUBLIC']],
    ['{ long mine }', [50, 'PRIVATE']],
    ['{ long ...F } fragment F on Query { short ... { mine } }', [5, 'PRIVATE']],
    ['{ pointsLedgerBlock }', [3600, 'PUBLIC']],
    ['{ long plain }', undefined],
    ['{ long never }', undefined],
    ['{ __typename }', undefined],
    ['{ __schema { types { name } } }', undefined],
    ['mutation { long }', undefined],
  ])('%s may be kept for %j', (text, expected) => expect(hintOf(text)).toEqual(expected));
});
