import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { Refusal } from '../edge/refusal';

/** A query that reads with a subscription's own selection what an event is about. */
export type Twin = {
  /** The subscription's field, as it was asked. */
  root: FieldNode;
  query: string;
  /** The variable that takes the id. */
  variable: string;
};

/**
 * `subscription($m: ID) { pointsChanged(memberId: $m) { id } }` -> `query($subject: ID!) { pointsChanged: member(id: $subject) { id } }`.
 * The document is valid and holds this operation only.
 */
export function twinOf(document: DocumentNode, subscriptionType: string, queryFieldOf: (name: string) => string): Twin {
  const roots: FieldNode[] = [];
  const variable = freeName(document);

  const asQuery = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((selection) => {
      // What comes must not depend on variables that say whether it comes.
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) {
        throw new Refusal(400, 'BAD_REQUEST', "A subscription's own field takes neither @skip nor @include.");
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { kind, directives = [], selectionSet } = selection;
        return { kind, directives, selectionSet: asQuery(selectionSet) };
      }
      roots.push(selection);
      return renamed(selection, queryFieldOf(selection.name.value), variable);
    }),
  });

  const definitions = document.definitions.map((definition) => {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      return { ...definition, operation: OperationTypeNode.QUERY, selectionSet: asQuery(definition.selectionSet) };
    }
    if (definition.kind !== Kind.FRAGMENT_DEFINITION || definition.typeCondition.name.value !== subscriptionType) {
      return definition;
    }
    return { ...onQuery(definition), selectionSet: asQuery(definition.selectionSet) };
  });
  const [root] = roots;
  if (root === undefined) throw new Error('A valid subscription has a field');
  const query = print(withVariables({ kind: Kind.DOCUMENT, definitions }, variable));
  return { root, query, variable };
}

function renamed(field: FieldNode, query: string, variable: string): FieldNode {
  return {
    ...field,
    alias: field.alias ?? field.name,
    name: { kind: Kind.NAME, value: query },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'id' },
        value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } },
      },
    ],
  };
}

function onQuery(fragment: FragmentDefinitionNode): FragmentDefinitionNode {
  return {
    ...fragment,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Query' } },
  };
}

/** Declares the new variable, and no longer those that only the subscription's arguments used. */
function withVariables(document: DocumentNode, variable: string): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const id: VariableDefinitionNode = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } },
    type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'ID' } } },
  };
  const declare = (operation: OperationDefinitionNode): OperationDefinitionNode => ({
    ...operation,
    variableDefinitions: [
      ...(operation.variableDefinitions ?? []).filter((declared) => used.has(declared.variable.name.value)),
      id,
    ],
  });
  return {
    ...document,
    definitions: document.definitions.map((one) => (one.kind === Kind.OPERATION_DEFINITION ? declare(one) : one)),
  };
}

function freeName(document: DocumentNode): string {
  const taken = new Set<string>();
  visit(document, { Variable: ({ name }) => void taken.add(name.value) });
  let name = 'subject';
  while (taken.has(name)) name += '_';
  return name;
}
