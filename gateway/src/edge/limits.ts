import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { Limits } from '../config';

/** The codes with which a request is refused for its size. `extensions.max` says what would have been allowed. */
export const LIMIT_CODES = ['OPERATION_TOO_DEEP', 'TOO_MANY_ALIASES', 'TOO_MANY_TOKENS', 'BODY_TOO_LARGE'] as const;

type Size = { depth: number; aliases: number };
const NOTHING: Size = { depth: 0, aliases: 0 };

/** Depth and aliases of the heaviest operation, fragments counted where they are spread. Introspection may be as deep as it is. */
export function limitRule(limits: Pick<Limits, 'depth' | 'aliases'>): ValidationRule {
  return (context: ValidationContext) => ({
    Document(document) {
      const { depth, aliases } = measure(document);
      if (depth > limits.depth)
        report(context, 'OPERATION_TOO_DEEP', 'The operation is nested too deeply', limits.depth);
      if (aliases > limits.aliases)
        report(context, 'TOO_MANY_ALIASES', 'The operation has too many aliases', limits.aliases);
    },
  });
}

function report(context: ValidationContext, limit: (typeof LIMIT_CODES)[number], message: string, max: number): void {
  context.reportError(new GraphQLError(`${message}; ${max} are allowed.`, { extensions: { limit, max } }));
}

export function measure(document: DocumentNode): Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Each fragment is measured once, however often it is spread: the walk stays linear in the size of the text.
  const measured = new Map<string, Size>();

  const sizeOfFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING); // a cycle ends here; another rule refuses it
    const fragment = fragments.get(name);
    const size = fragment === undefined ? NOTHING : sizeOf(fragment.selectionSet);
    measured.set(name, size);
    return size;
  };

  const sizeOf = (selectionSet: SelectionSetNode): Size => {
    let depth = 0;
    let aliases = 0;
    for (const selection of selectionSet.selections) {
      let size: Size;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        size = sizeOfFragment(selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        size = sizeOf(selection.selectionSet);
      } else {
        const own = selection.alias === undefined ? 0 : 1;
        const introspection = selection.name.value.startsWith('__');
        const inner = selection.selectionSet === undefined || introspection ? NOTHING : sizeOf(selection.selectionSet);
        size = { depth: introspection ? 0 : inner.depth + 1, aliases: inner.aliases + own };
      }
      depth = Math.max(depth, size.depth);
      aliases += size.aliases;
    }
    return { depth, aliases };
  };

  let heaviest = NOTHING;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = sizeOf(definition.selectionSet);
    heaviest = { depth: Math.max(heaviest.depth, size.depth), aliases: Math.max(heaviest.aliases, size.aliases) };
  }
  return heaviest;
}
