import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { Fragments } from './admission';

/** Limits of aliases and repetition keep operations far below it. */
const MOST_FIELDS = 100;
const NOTHING: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };
const known = new WeakMap<OperationDefinitionNode, readonly string[]>();

/** What an operation asks at the root, with the fields of fragments; a field that is asked twice is there twice. */
export function rootFields(operation: OperationDefinitionNode, fragments: Fragments): readonly string[] {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const names: string[] = [];
  const add = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (names.length >= MOST_FIELDS) return;
      if (selection.kind === Kind.FIELD) names.push(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet);
      else add(fragments[selection.name.value]?.selectionSet ?? NOTHING);
    }
  };
  add(operation.selectionSet);
  known.set(operation, names);
  return names;
}
