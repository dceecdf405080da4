// The client of the graph, for frontend teams. Needs fetch and Web Crypto: any browser of today, Node.js 20.
export { type CallOptions, type Client, type ClientOptions, createClient, idempotencyKey } from './client';
export { type Answer, dataOf, type Failure, type GraphError, RequestFailed } from './errors';
export {
  type FragmentOf,
  graphql,
  readFragment,
  type ResultOf,
  type TadaDocumentNode,
  type VariablesOf,
} from './graph';
export { match, type Member, UnknownType } from './match';
export { documentsIn, hashOf, type Manifest, manifestOf, textOf } from './persisted';
export { DEFAULT_RETRY, type RetryPolicy } from './retry';
export {
  createSubscriber,
  type Subscriber,
  type SubscriptionOptions,
  SubscriptionRefused,
  type Update,
} from './subscribe';
