import { type ConstDirectiveNode, type DirectiveNode, Kind, OperationTypeNode, parse } from 'graphql';
import type { Admit } from './admission';
import { rootFields } from './root-fields';

/** How long an answer may be kept by whoever has it, and by how many callers it may be shared. */
export type CacheHint = { maxAge: number; scope: 'PUBLIC' | 'PRIVATE' };

/**
 * Fields that are the same for everybody of a group, and for everybody else who names it. A closed block never changes; the
 * list grows at its end.
 */
const KNOWN: Readonly<Record<string, CacheHint>> = {
  'Query.pointsLedgerBlock': { maxAge: 3_600, scope: 'PUBLIC' },
  'Query.pointsLedgerBlocks': { maxAge: 30, scope: 'PUBLIC' },
};

/** Hints of root fields: ours, and `@cacheControl(maxAge:, scope:)` where subgraphs compose it into the supergraph. */
export function readHints(supergraphSdl: string): ReadonlyMap<string, CacheHint> {
  const hints = new Map(Object.entries(KNOWN));
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Query') continue;
    for (const field of definition.fields ?? []) {
      const directive = field.directives?.find(({ name }) => name.value === 'cacheControl');
      if (directive !== undefined) hints.set(`Query.${field.name.value}`, hintIn(directive));
    }
  }
  return hints;
}

function hintIn(directive: DirectiveNode | ConstDirectiveNode): CacheHint {
  const value = (name: string) => directive.arguments?.find((argument) => argument.name.value === name)?.value;
  const [age, scope] = [value('maxAge'), value('scope')];
  return {
    maxAge: age?.kind === Kind.INT ? Number(age.value) : 0,
    scope: scope?.kind === Kind.ENUM && scope.value === 'PRIVATE' ? 'PRIVATE' : 'PUBLIC',
  };
}

/** Leaves the least of what a query's root fields allow in `seen.cache`; one field without a hint allows nothing. */
export function noteCacheHints(hints: ReadonlyMap<string, CacheHint>): Admit {
  return ({ operation, fragments, context }) => {
    if (operation.operation !== OperationTypeNode.QUERY) return;
    const found = rootFields(operation, fragments)
      .filter((name) => name !== '__typename')
      .map((name) => hints.get(`Query.${name}`));
    if (found.length === 0 || found.includes(undefined)) return;
    const all = found as CacheHint[];
    const maxAge = Math.min(...all.map((hint) => hint.maxAge));
    if (maxAge <= 0) return;
    context.seen.cache = { maxAge, scope: all.some(({ scope }) => scope === 'PRIVATE') ? 'PRIVATE' : 'PUBLIC' };
  };
}
