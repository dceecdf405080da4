import {
  type DocumentNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  type OperationDefinitionNode,
  separateOperations,
  validate,
} from 'graphql';
import { type Admit, type Fragments, fragmentsOf } from '../edge/admission';
import { formatError } from '../edge/errors';
import { checkLimits, type SizeLimits } from '../edge/limits';
import { Refusal } from '../edge/refusal';
import type { RequestContext } from '../edge/request-context';
import type { Operation } from '../graph/graph';
import { fieldNamed, type SubscriptionField } from './fields';
import { type Twin, twinOf } from './twin';

/** A subscription that is valid and admitted. */
export type ReadSubscription = {
  field: SubscriptionField;
  args: Record<string, unknown>;
  /** Under which name its answers stand. */
  key: string;
  /** The query that reads what an event is about. */
  ask(subject: string): Operation;
};

export type ReadSubscriptions = (operation: Operation, context: RequestContext) => Promise<ReadSubscription>;

type Options = {
  /** What clients see. */
  schema: GraphQLSchema;
  limits: SizeLimits;
  admit: Admit;
};

type Known = { definition: OperationDefinitionNode; fragments: Fragments; twin: Twin };

const MOST_KNOWN = 500;

/** Parses, validates and limits a subscription as any other operation, and turns it into a query, once for its text. */
export function createSubscriptionReader({ schema, limits, admit }: Options): ReadSubscriptions {
  const known = new Map<string, Known>();

  return async (operation, context) => {
    const key = `${operation.operationName ?? ''}\0${operation.query}`;
    const { definition, fragments, twin } = known.get(key) ?? learn(key, operation);
    context.seen.operation = definition.operation;
    context.seen.name = definition.name?.value ?? '';

    const variables = variablesOf(schema, definition, operation.variables ?? {});
    await admit({ schema, operation: definition, fragments, variables, context });
    const type = schema.getSubscriptionType()?.getFields()[twin.root.name.value];
    if (type === undefined) throw new Error('A valid subscription has a field of the schema');
    return {
      field: fieldNamed(twin.root.name.value),
      args: argumentsOf(() => getArgumentValues(type, twin.root, variables)),
      key: (twin.root.alias ?? twin.root.name).value,
      ask: (subject) => ({
        query: twin.query,
        operationName: undefined,
        variables: { ...operation.variables, [twin.variable]: subject },
        extensions: undefined,
        hash: undefined,
      }),
    };
  };

  function learn(key: string, { query, operationName }: Operation): Known {
    const document = parsed(query, limits.tokens);
    checkLimits(document, limits);
    const [error] = validate(schema, document, undefined, { hideSuggestions: true });
    if (error !== undefined) throw refusalOf(error, 'GRAPHQL_VALIDATION_FAILED');
    const definition = getOperationAST(document, operationName);
    if (!definition) {
      throw new Refusal(400, 'OPERATION_RESOLUTION_FAILURE', 'Say by operationName which operation is meant.');
    }
    if (definition.operation !== OperationTypeNode.SUBSCRIPTION) {
      throw new Refusal(
        400,
        'BAD_REQUEST',
        'Only subscriptions are streamed: POST queries and mutations, and take JSON.',
      );
    }
    const alone = separateOperations(document)[definition.name?.value ?? ''] ?? document;
    const root = schema.getSubscriptionType()?.name ?? '';
    const made = {
      definition,
      fragments: fragmentsOf(alone),
      twin: twinOf(alone, root, (name) => fieldNamed(name).query),
    };
    for (const oldest of known.keys()) {
      if (known.size < MOST_KNOWN) break;
      known.delete(oldest);
    }
    known.set(key, made);
    return made;
  }
}

function parsed(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    throw refusalOf(error, 'GRAPHQL_PARSE_FAILED');
  }
}

function variablesOf(
  schema: GraphQLSchema,
  definition: OperationDefinitionNode,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const { coerced, errors } = getVariableValues(schema, definition.variableDefinitions ?? [], given, { maxErrors: 1 });
  if (coerced === undefined) throw refusalOf(errors[0], 'BAD_USER_INPUT');
  return coerced;
}

function argumentsOf(read: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return read();
  } catch (error) {
    throw refusalOf(error, 'BAD_USER_INPUT');
  }
}

/** In the words and with the code that a query would be refused with. */
function refusalOf(error: unknown, code: string): Refusal {
  if (!(error instanceof GraphQLError)) throw error;
  const { message, extensions } = formatError({ message: error.message, extensions: { code } }, error);
  return new Refusal(400, String(extensions?.['code']), message);
}
