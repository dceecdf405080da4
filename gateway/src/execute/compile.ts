import type { QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type Conditions, conditionsOf, conditionVariables } from './conditions';
import { MergedRequests } from './merged-request';
import { compilePlan } from './plan';
import type { Failure, Run, Step, SubgraphFetch } from './run';
import { Shape } from './shape';
import type { Subtypes } from './subtypes';
import { BrokenAnswer, Uncompilable } from './uncompilable';
import { Wave } from './wave';
import { compileWriter, type Writer } from './writer';

export type Executed = {
  /** The answer's data as JSON; undefined when none can be made. */
  data: string | undefined;
  failures: Failure[];
  /** A subgraph broke its own schema. */
  broken: boolean;
};

/** Ready to run with these variables. undefined: with them it is for the stock executor, most often to refuse them. */
export type Ready = (fetch: SubgraphFetch) => Promise<Executed>;
export type CompiledOperation = (variables: Record<string, unknown>) => Ready | undefined;

type Variant = { steps: Step | undefined; write: Writer; merged: MergedRequests };

export type Planned = {
  schema: GraphQLSchema;
  subtypes: Subtypes;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  plan: QueryPlan;
};

/** A valid operation and its plan, compiled once for each set of `@skip` and `@include` that comes. Throws Uncompilable. */
export function compileOperation({ schema, subtypes, operation, fragments, plan }: Planned): CompiledOperation {
  const rootType = schema.getRootType(operation.operation);
  if (operation.operation === 'subscription') throw new Uncompilable('subscription');
  if (!rootType) throw new Uncompilable('plan');
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] };
  refuseIncremental(document);
  const names = conditionVariables(document);
  const variants = new Map<string, Variant>();

  const variantOf = (conditions: Conditions): Variant => {
    const key = [...conditions.values()].join();
    const known = variants.get(key);
    if (known !== undefined) return known;
    const shape = new Shape(schema, { selections: operation.selectionSet, parent: rootType }, fragments, conditions);
    const steps = compilePlan(plan, conditions, subtypes);
    const variant = { steps, write: compileWriter(shape), merged: new MergedRequests() };
    variants.set(key, variant);
    return variant;
  };
  // What cannot be compiled is to be known before the operation is called compiled.
  for (const value of [true, false]) variantOf(new Map(names.map((name) => [name, value])));

  return (variables) => {
    const conditions = conditionsOf(names, operation, variables);
    if (conditions === undefined) return undefined;
    try {
      const variant = variantOf(conditions);
      return (fetch) => execute(variant, variables, fetch);
    } catch (error) {
      if (error instanceof Uncompilable) return undefined;
      throw error;
    }
  };
}

async function execute(
  { steps, write, merged }: Variant,
  variables: Record<string, unknown>,
  fetch: SubgraphFetch,
): Promise<Executed> {
  const wave = new Wave(fetch, variables, merged);
  const run: Run = { variables, fetch, wave, data: {}, failures: [] };
  try {
    if (steps !== undefined) await steps(run);
    const { text, broken } = write(run.data);
    return { data: text, failures: run.failures, broken: broken && run.failures.length === 0 };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const message = cause instanceof BrokenAnswer ? cause.message : 'The answer could not be made';
    return {
      data: undefined,
      failures: [{ message, path: undefined, extensions: { code: 'INTERNAL_SERVER_ERROR' }, cause }],
      broken: false,
    };
  }
}

function refuseIncremental(document: DocumentNode): void {
  visit(document, {
    Directive({ name }) {
      if (name.value === 'defer' || name.value === 'stream') throw new Uncompilable('incremental');
    },
  });
}
