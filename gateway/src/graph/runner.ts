import {
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import type { RequestContext } from '../edge/request-context';
import type { Executed, Ready } from '../execute/compile';
import type { SubgraphCall, SubgraphAnswer } from '../execute/run';
import { coded } from './answers';
import type { Operation } from './graph';
import type { KnownOperation } from './operations';

export type AskSubgraph = (call: SubgraphCall, context: RequestContext) => Promise<SubgraphAnswer>;

/** Ready to run with these variables; or they do not fit the operation. */
export type Prepared = { ready: Ready } | { refused: GraphQLFormattedError[] };

/** How known operations are run. */
export class Runner {
  constructor(
    /** What clients see. */
    readonly schema: GraphQLSchema,
    private readonly ask: AskSubgraph,
  ) {}

  /** undefined: the stock executor has it, because of the operation or because of what its variables choose. */
  prepare({ definition, compiled }: KnownOperation, operation: Operation): Prepared | undefined {
    if (typeof compiled === 'string') return undefined;
    const { variables = {} } = operation;
    const declared = definition.variableDefinitions ?? [];
    if (declared.length > 0 && getVariableValues(this.schema, declared, variables).errors !== undefined) {
      return { refused: this.explain(operation) };
    }
    const ready = compiled(variables);
    return ready && { ready };
  }

  run(ready: Ready, context: RequestContext): Promise<Executed> {
    return ready((call) => this.ask(call, context));
  }

  /** With places: what is kept of an operation has lost them. */
  private explain({ query, operationName, variables = {} }: Operation): GraphQLFormattedError[] {
    const declared = getOperationAST(parse(query), operationName)?.variableDefinitions ?? [];
    const errors: readonly GraphQLError[] = getVariableValues(this.schema, declared, variables).errors ?? [];
    return errors.map((error) => coded(error, 'BAD_USER_INPUT'));
  }
}
