import { buildASTSchema, type DocumentNode, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { compareSchemas, type Difference } from './compare-schemas';
import { compose, readSchema, SUBGRAPHS } from './compose';

/**
 * What callers of the release before would miss, and what would be missed while gateways and subgraphs of both run. `at` begins
 * with the subgraph where it is about one: a gateway of the release before asks where a field was then.
 */
export function compareReleases(previousRoot: string, root: string): Difference[] {
  const published = compose(previousRoot).api;
  const differences = compareSchemas(published, compose(root).api);
  for (const name of SUBGRAPHS) {
    const [before, now] = [subgraph(previousRoot, name), subgraph(root, name)];
    const found = [
      ...compareSchemas(before.schema, now.schema),
      ...lostKeys(before, now),
      ...moved(published, before, now),
    ];
    differences.push(...found.map((difference) => ({ ...difference, at: `${name}: ${difference.at}` })));
  }
  return differences;
}

interface Subgraph {
  schema: GraphQLSchema;
  /** The keys by which entities can be asked for. */
  keys: { type: string; fields: string }[];
}

function subgraph(root: string, name: string): Subgraph {
  const document = parse(readSchema(root, name));
  // The definitions of federation's directives are not in it.
  return { schema: buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }), keys: keysIn(document) };
}

function keysIn({ definitions }: DocumentNode): Subgraph['keys'] {
  return definitions.flatMap((type) => {
    if (type.kind !== 'ObjectTypeDefinition' && type.kind !== 'InterfaceTypeDefinition') return [];
    return (type.directives ?? []).flatMap(({ name, arguments: given = [] }) => {
      const { fields, resolvable } = Object.fromEntries(given.map(({ name, value }) => [name.value, value]));
      if (name.value !== 'key' || fields?.kind !== 'StringValue') return [];
      if (resolvable?.kind === 'BooleanValue' && !resolvable.value) return [];
      return [{ type: type.name.value, fields: fields.value }];
    });
  });
}

function lostKeys(before: Subgraph, now: Subgraph): Difference[] {
  return before.keys
    .filter((key) => !now.keys.some(({ type, fields }) => type === key.type && fields === key.fields))
    .map(({ type, fields }) => ({
      at: type,
      rule: 'KEY_MISSING',
      detail: `is no longer found by its key (${fields})`,
    }));
}

/** Fields that were published, by another subgraph: the gateway of this release may ask for them here, of the release before. */
function moved(published: GraphQLSchema, before: Subgraph, now: Subgraph): Difference[] {
  return now.keys.flatMap(({ type, fields: key }) => {
    const [known, here, then] = [published, now.schema, before.schema].map((schema) => fieldsOf(schema, type));
    return Object.keys(here ?? {})
      .filter((field) => known?.[field] && !then?.[field] && !key.split(/\W+/).includes(field))
      .map((field) => ({
        at: `${type}.${field}`,
        rule: 'FIELD_ELSEWHERE',
        detail: 'was published by another subgraph',
      }));
  });
}

function fieldsOf(schema: GraphQLSchema, name: string) {
  const type = schema.getType(name);
  return isObjectType(type) ? type.getFields() : undefined;
}
