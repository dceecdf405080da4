import { type DocumentNode, type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { Limits } from '../config';
import { Refusal } from './refusal';

type Size = { depth: number; aliases: number };
const NOTHING: Size = { depth: 0, aliases: 0 };

/** Texts that were found small enough are not measured again, as long as there are no more than these. */
const KEPT_TEXTS = 2_000;
const KEPT_CHARACTERS = 4_000_000;

/**
 * Depth and aliases of the heaviest operation, fragments counted where they are spread. Introspection may be as deep as it is.
 * Measured before validation, which compares every field with every other of the same name: a few thousand of them would
 * keep it busy for a second.
 */
export function createLimitCheck(limits: Limits): (text: string) => void {
  const small = new Set<string>();
  let characters = 0;

  return (text) => {
    if (small.has(text)) return;
    const document = parsed(text, limits.tokens);
    if (document === undefined) return; // whoever validates says what is wrong
    const { depth, aliases } = measure(document);
    if (depth > limits.depth) refuse('OPERATION_TOO_DEEP', 'The operation is nested too deeply', limits.depth);
    if (aliases > limits.aliases) {
      refuse('TOO_MANY_ALIASES', 'The operation has too many aliases or repeated fields', limits.aliases);
    }
    small.add(text);
    characters += text.length;
    for (const oldest of small) {
      if (small.size <= KEPT_TEXTS && characters <= KEPT_CHARACTERS) return;
      small.delete(oldest);
      characters -= oldest.length;
    }
  };
}

function parsed(text: string, maxTokens: number): DocumentNode | undefined {
  try {
    return parse(text, { maxTokens, noLocation: true });
  } catch {
    return undefined;
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
