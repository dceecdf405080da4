import { type DirectiveNode, type DocumentNode, Kind, type OperationDefinitionNode, visit } from 'graphql';
import { Uncompilable } from './uncompilable';

/** Each set of values is compiled on its own, so there must not be too many of them. */
const MOST_VARIABLES = 5;

/** The values of all variables that `@skip` and `@include` look at. */
export type Conditions = ReadonlyMap<string, boolean>;

/** What decides about the form of an answer: variables of `@skip` and `@include`, in a fixed order. */
export function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      const value = conditionOf(directive)?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  if (names.size > MOST_VARIABLES) throw new Uncompilable('conditions');
  return [...names];
}

/** What they are in this request; undefined when one of them is no Boolean, which is for the stock executor to say. */
export function conditionsOf(
  names: readonly string[],
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Conditions | undefined {
  const values = new Map<string, boolean>();
  for (const name of names) {
    const value = variables[name] ?? defaultOf(operation, name, variables);
    if (typeof value !== 'boolean') return undefined;
    values.set(name, value);
  }
  return values;
}

export function isSelected(directives: readonly DirectiveNode[] | undefined, conditions: Conditions): boolean {
  return (directives ?? []).every((directive) => {
    const condition = conditionOf(directive);
    return condition === undefined || valueOf(condition.value, conditions) === condition.selects;
  });
}

function conditionOf(directive: DirectiveNode) {
  const { value: name } = directive.name;
  if (name !== 'skip' && name !== 'include') return undefined;
  const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
  return value === undefined ? undefined : { value, selects: name === 'include' };
}

function valueOf(value: { kind: Kind; name?: { value: string }; value?: unknown }, conditions: Conditions): unknown {
  return value.name === undefined ? value.value : conditions.get(value.name.value);
}

/** An explicit null is no missing value: the default does not stand in for it. */
function defaultOf(operation: OperationDefinitionNode, name: string, variables: Record<string, unknown>): unknown {
  if (variables[name] !== undefined) return variables[name];
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
  return definition?.defaultValue?.kind === Kind.BOOLEAN ? definition.defaultValue.value : undefined;
}
