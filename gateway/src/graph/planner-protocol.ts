import type { QueryPlan } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';

/** What the planner's process is told first. */
export type PlannerTask = { supergraphSdl: string; introspection: boolean; maxTokens: number };

/** What it says then. The schema that clients see comes as text: who executes plans needs no more of the supergraph. */
export type PlannerReady =
  | { kind: 'ready'; apiSdl: string; subgraphs: { name: string; url: string | undefined }[] }
  | { kind: 'refused'; message: string };

/** One operation; the next is sent when this one is answered. */
export type PlanRequest = { text: string; name: string | undefined };

export type PlanAnswer =
  | { kind: 'planned'; plan: QueryPlan }
  /** No valid operation of this graph, and why. */
  | { kind: 'invalid'; errors: GraphQLFormattedError[] }
  /** The planner has counted and will not even begin. */
  | { kind: 'limit' }
  /** The planner has thrown. */
  | { kind: 'failed'; message: string };
