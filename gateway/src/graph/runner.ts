import { getVariableValues, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../edge/request-context';
import type { Executed, Ready } from '../execute/compile';
import type { SubgraphCall, SubgraphAnswer } from '../execute/run';
import type { KnownOperation, Operations } from './operations';

export type AskSubgraph = (call: SubgraphCall, context: RequestContext) => Promise<SubgraphAnswer>;

/** Known operations and how they are run, whichever way the request came in. */
export class Runner {
  constructor(
    private readonly operations: Operations,
    private readonly ask: AskSubgraph,
  ) {}

  /** What clients see. */
  get schema(): GraphQLSchema | undefined {
    return this.operations.schema;
  }

  find(text: string, name: string | undefined): KnownOperation | undefined {
    return this.operations.find(text, name);
  }

  /** undefined: the stock executor has it, because of the operation or because it must refuse the variables. */
  prepare({ definition, compiled }: KnownOperation, variables: Record<string, unknown>): Ready | undefined {
    if (typeof compiled === 'string') return undefined;
    const { schema } = this.operations;
    const declared = definition.variableDefinitions ?? [];
    if (declared.length > 0) {
      if (schema === undefined || getVariableValues(schema, declared, variables).errors !== undefined) return undefined;
    }
    return compiled(variables);
  }

  run(ready: Ready, context: RequestContext): Promise<Executed> {
    return ready((call) => this.ask(call, context));
  }
}
