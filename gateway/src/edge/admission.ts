import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { Refusal } from './refusal';
import type { RequestContext } from './request-context';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** A valid operation, about to be executed. */
export type AdmittedOperation = {
  schema: GraphQLSchema;
  /** The same object for the same text as long as it is cached. */
  operation: OperationDefinitionNode;
  fragments: Fragments;
  variables: Record<string, unknown>;
  context: RequestContext;
};

/** Lets an operation through or throws a Refusal. Whatever executes operations calls it once for each request. */
export type Admit = (operation: AdmittedOperation) => void | Promise<void>;

export function fragmentsOf(document: DocumentNode): Fragments {
  return Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

/** What is asked for by GET is only read. */
export const onlyQueriesByGet: Admit = ({ operation, context }) => {
  if (context.readOnly && operation.operation !== 'query') {
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Use POST: a GET only reads.', {}, [['allow', 'POST']]);
  }
};

/** What is sent as a plain request is answered once. */
export const onlySubscriptionsInStreams: Admit = ({ operation, context }) => {
  if (operation.operation !== 'subscription' || context.subscription === 'asked') return;
  const message = 'Ask for subscriptions with accept: text/event-stream, or over a WebSocket.';
  throw new Refusal(400, 'BAD_REQUEST', message);
};

export function admitAll(checks: readonly Admit[]): Admit {
  return async (operation) => {
    for (const check of checks) await check(operation);
  };
}
