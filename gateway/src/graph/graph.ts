import type { OperationRequest } from '../edge/operation-request';
import type { RequestContext } from '../edge/request-context';
import type { ReadSubscriptions } from '../subscribe/reader';

/** An operation whose text is known. */
export type Operation = OperationRequest & { readonly query: string };

/** The answer as JSON, and its status: 400 for an operation that was not executed. */
export type Executed = { status: number; body: string };

export type Graph = {
  execute(operation: Operation, context: RequestContext): Promise<Executed>;
  /** Reads and admits a subscription; throws a Refusal. */
  subscription: ReadSubscriptions;
  close(): Promise<void>;
};
