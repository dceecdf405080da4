import type { OperationRequest } from '../edge/operation-request';
import type { RequestContext } from '../edge/request-context';

/** An operation whose text is known. */
export type Operation = OperationRequest & { readonly query: string };

/** The answer as JSON, and its status: 400 for an operation that was not executed. */
export type Executed = { status: number; body: string };

export type Graph = {
  execute(operation: Operation, context: RequestContext): Promise<Executed>;
  close(): Promise<void>;
};
