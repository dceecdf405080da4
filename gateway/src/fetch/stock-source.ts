import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { RequestContext } from '../edge/request-context';
import { absence } from '../execute/absence';
import { topLevelKeys } from '../execute/fetch-step';
import type { SubgraphClient } from './subgraph-client';

type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;
type Path = readonly (string | number)[];

/** A subgraph as the stock executor wants it. */
export class StockSource implements GraphQLDataSource<RequestContext> {
  constructor(
    private readonly name: string,
    private readonly client: Pick<SubgraphClient, 'ask'>,
  ) {}

  async process(call: GraphQLDataSourceProcessOptions<RequestContext>): Promise<Response> {
    // The supergraph is a file: subgraphs are asked for callers only, never for their schema.
    if (!('incomingRequestContext' in call)) throw new Error('Only operations of callers go to subgraphs');
    const { query = '', variables, operationName } = call.request;
    const body = JSON.stringify({ query, variables, operationName });
    try {
      return (await this.client.ask(body, isQuery(query), call.context)) as Response;
    } catch (error) {
      return this.unavailable(error, query, call.pathInIncomingRequest);
    }
  }

  /** The rest of the answer is served; what this subgraph would have added is null with a typed error. */
  private unavailable(cause: unknown, query: string, at: Path | undefined): Response {
    const { message, extensions } = absence(this.name, cause);
    const base = at ?? [];
    if (base.length === 0) {
      const fields = topLevelKeys(query);
      return { data: null, errors: fields.map((key) => new GraphQLError(message, { path: [key], extensions })) };
    }
    // Inside a list ('@') the error belongs to the list as a whole.
    const list = base.indexOf('@');
    throw new GraphQLError(message, { path: list === -1 ? base : base.slice(0, list), extensions });
  }
}

/** The planner writes `mutation` in front of mutations only; a query may begin with `query` or a brace. */
function isQuery(text: string): boolean {
  return !text.startsWith(OperationTypeNode.MUTATION);
}
