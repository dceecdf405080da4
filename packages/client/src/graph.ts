import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/graph';

/**
 * Writes one operation or fragment: its answer and its variables are typed from the public schema. Amounts and decimals
 * are strings, as they travel: a number would round them.
 */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { CurrencyCode: string; Date: string; DateTime: string; Decimal: string; PointsAmount: string };
}>();

export { type FragmentOf, readFragment, type ResultOf, type TadaDocumentNode, type VariablesOf } from 'gql.tada';
