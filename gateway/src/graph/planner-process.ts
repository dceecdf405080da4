/**
 * The process that plans: Apollo's query planner over the supergraph, one operation after the other. It is a process and not
 * a thread because a planner that runs out of memory takes all threads with it. Started by planner-child.ts.
 */
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type GraphQLFormattedError,
  NoSchemaIntrospectionCustomRule,
  parse,
  printSchema,
  specifiedRules,
  validate,
} from 'graphql';
import type { PlanAnswer, PlannerReady, PlannerTask, PlanRequest } from './planner-protocol';

type PlanOperation = (request: PlanRequest) => PlanAnswer;

function load(task: PlannerTask): { plan: PlanOperation; ready: PlannerReady } {
  const supergraph = Supergraph.build(task.supergraphSdl);
  const api = supergraph.apiSchema();
  const schema = api.toGraphQLJSSchema();
  const planner = new QueryPlanner(supergraph);
  const rules = task.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const validation = { hideSuggestions: !task.introspection };

  const plan: PlanOperation = ({ text, name }) => {
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: task.maxTokens });
    } catch (error) {
      return invalid('GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
    }
    const errors = validate(schema, document, rules, validation);
    if (errors.length > 0) return invalid('GRAPHQL_VALIDATION_FAILED', errors);
    if (!getOperationAST(document, name)) return unresolved(name);
    const operation = operationFromDocument(api, document, name === undefined ? {} : { operationName: name });
    return { kind: 'planned', plan: planner.buildQueryPlan(operation) };
  };
  const subgraphs = [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url }));
  return { plan, ready: { kind: 'ready', apiSdl: printSchema(schema), subgraphs } };
}

function invalid(code: string, errors: readonly GraphQLError[]): PlanAnswer {
  return { kind: 'invalid', errors: errors.map((error) => ({ ...error.toJSON(), extensions: { code } })) };
}

function unresolved(name: string | undefined): PlanAnswer {
  const message =
    name === undefined ? 'The document has several operations: say which.' : 'There is no operation of this name.';
  const error: GraphQLFormattedError = { message, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } };
  return { kind: 'invalid', errors: [error] };
}

function answerTo(plan: PlanOperation, request: PlanRequest): PlanAnswer {
  try {
    return plan(request);
  } catch (error) {
    if (isLimit(error)) return { kind: 'limit' };
    return { kind: 'failed', message: error instanceof Error ? error.message : 'unknown' };
  }
}

/** Apollo's own counts of what a plan would take, which have no code; and selections nested beyond the stack. */
function isLimit(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  return error instanceof Error && /^(Exceeded maximum recursive|Number of non-local) selections/.test(error.message);
}

function say(message: PlannerReady | PlanAnswer): void {
  process.send?.(message);
}

process.once('message', (task: PlannerTask) => {
  try {
    const { plan, ready } = load(task);
    process.on('message', (request: PlanRequest) => say(answerTo(plan, request)));
    say(ready);
  } catch (error) {
    say({ kind: 'refused', message: error instanceof Error ? error.message : 'unknown' });
  }
});
// It ends with its gateway, not with the terminal's Ctrl-C.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
