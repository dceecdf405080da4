import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  coerceInputValue,
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isObjectType,
  isScalarType,
  parse,
} from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';

/** Federation directives that subgraphs may use. `@authenticated` and `@requiresScopes` are left out: the gateway ignores them. */
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@tag", "@inaccessible", "@override"])\n';

type ResolverClass = new (...args: never[]) => object;
type ReferenceResolver = (reference: never, context: never) => unknown;

export interface SubgraphDefinition {
  resolvers: readonly ResolverClass[];
  /** Entity stubs and other types that no query reaches. */
  orphanedTypes?: ResolverClass[];
  /** How to load an entity by its key, by type name. Reads go through a DataLoader of the request. */
  references?: Record<string, ReferenceResolver>;
}

export interface Subgraph {
  schema: GraphQLSchema;
  /** As committed in `schema.graphql`. */
  sdl: string;
}

export async function buildSubgraph(definition: SubgraphDefinition): Promise<Subgraph> {
  const schema = await buildSchema({
    resolvers: definition.resolvers as unknown as NonEmptyArray<() => void>,
    orphanedTypes: (definition.orphanedTypes ?? []) as never,
    authChecker: () => false,
    validate: false,
    skipCheck: true,
  });
  const sdl = LINK + printSchemaWithDirectives(schema) + '\n';
  const resolvers = createResolversMap(schema) as Record<string, Record<string, unknown>>;
  for (const [type, resolve] of Object.entries(definition.references ?? {})) {
    (resolvers[type] ??= {})['__resolveReference'] = resolve;
  }
  const subgraph = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  readDefaults(subgraph);
  return { schema: subgraph, sdl };
}

/** Defaults were read before our scalars had their code: "100" is to be 100n, like what a client sends. */
function readDefaults(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const fields: { type: GraphQLInputType; defaultValue?: unknown }[] = [];
    if (isInputObjectType(type)) fields.push(...Object.values(type.getFields()));
    if (isObjectType(type)) fields.push(...Object.values(type.getFields()).flatMap(({ args }) => args));
    for (const field of fields) {
      if (field.defaultValue === undefined || field.defaultValue === null || !isScalarType(getNamedType(field.type)))
        continue;
      field.defaultValue = coerceInputValue(field.defaultValue, field.type);
    }
  }
}
