import { minifyIntrospection, outputIntrospectionFile } from 'gql.tada/internal';
import { type GraphQLSchema, introspectionFromSchema } from 'graphql';

/** The public schema as TypeScript types, one line a type: what packages/client infers documents from. */
export function clientTypes(api: GraphQLSchema): string {
  const introspection = minifyIntrospection(introspectionFromSchema(api, { descriptions: false }));
  const file = outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true });
  // The file as the library writes it also sets itself up for every package of the workspace; ours is imported.
  const types = file.slice(file.indexOf('export type introspection_types'), file.indexOf('import * as gqlTada'));
  return `// Written by \`npm run compose\` from the composed graph.\n${types.trimEnd()}\n`;
}
