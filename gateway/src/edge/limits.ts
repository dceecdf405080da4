import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { Limits } from '../config';
import { Refusal } from './refusal';

/** Of a document's text. */
export type SizeLimits = Pick<Limits, 'tokens' | 'fragments' | 'operations' | 'depth' | 'aliases'>;

type Size = { depth: number; aliases: number };
const NOTHING: Size = { depth: 0, aliases: 0 };

/**
 * Definitions, and depth and aliases of the heaviest operation, fragments counted where they are spread. Introspection may be
 * as deep as it is. Measured before validation, which compares every field with every other of the same name, and every
 * fragment with every other.
 */
export function checkLimits(document: DocumentNode, limits: SizeLimits): void {
  const count = (kind: Kind) => document.definitions.filter((definition) => definition.kind === kind).length;
  if (count(Kind.FRAGMENT_DEFINITION) > limits.fragments) {
    refuse('TOO_MANY_FRAGMENTS', 'The document has too many fragments', limits.fragments);
  }
  if (count(Kind.OPERATION_DEFINITION) > limits.operations) {
    refuse('TOO_MANY_OPERATIONS', 'The document has too many operations', limits.operations);
  }
  const { depth, aliases } = measure(document);
  if (depth > limits.depth) refuse('OPERATION_TOO_DEEP', 'The operation is nested too deeply', limits.depth);
  if (aliases > limits.aliases) {
    refuse('TOO_MANY_ALIASES', 'The operation has too many aliases or repeated fields', limits.aliases);
  }
}

/** `extensions.max` says what would have been allowed. */
function refuse(code: string, message: string, max: number): never {
  throw new Refusal(400, code, `${message}; ${max} are allowed.`, { max });
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
    const seen = new Set<string>();
    for (const selection of selectionSet.selections) {
      let size: Size;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        size = sizeOfFragment(selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        size = sizeOf(selection.selectionSet);
      } else {
        const key = (selection.alias ?? selection.name).value;
        const own = selection.alias !== undefined || seen.has(key) ? 1 : 0;
        seen.add(key);
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
