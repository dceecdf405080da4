import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { type GraphQLSchema, parse } from 'graphql';

/** The six, in the order in which the supergraph lists them. */
export const SUBGRAPHS = ['coupon', 'member', 'merchant-settlement', 'messaging', 'points', 'tier'] as const;

export type Composed = { supergraphSdl: string; api: GraphQLSchema };

/** Composes the committed schema.graphql files, offline. Throws with one line for each reason why they do not fit. */
export function compose(root: string): Composed {
  const missing = SUBGRAPHS.filter((name) => !existsSync(schemaFile(root, name)));
  if (missing.length > 0)
    throw new Error(missing.map((name) => `services/${name}/schema.graphql is missing`).join('\n'));
  const result = composeServices([
    ...SUBGRAPHS.map((name) => ({
      name,
      // Where it is inside a cluster; the gateway's SUBGRAPH_URLS says otherwise.
      url: `http://${name}:4000/graphql`,
      typeDefs: parse(readSchema(root, name)),
    })),
    // Subscriptions are the gateway's own: it hears the facts and asks the others. Nobody fetches from it.
    {
      name: 'gateway',
      url: 'http://gateway:4000/graphql',
      typeDefs: parse(readFileSync(join(root, 'gateway', 'subscriptions.graphql'), 'utf8')),
    },
  ]);
  if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return { supergraphSdl: `${result.supergraphSdl.trimEnd()}\n`, api: result.schema.toAPISchema().toGraphQLJSSchema() };
}

export const readSchema = (root: string, name: string): string => readFileSync(schemaFile(root, name), 'utf8');

function schemaFile(root: string, name: string): string {
  return join(root, 'services', name, 'schema.graphql');
}
