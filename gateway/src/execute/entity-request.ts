import type { FetchNode } from '@apollo/query-planner';
import { Kind, OperationTypeNode, parse, type SelectionSetNode } from 'graphql';
import { json, variablesText } from './text';

/** What a request for entities needs to become a part of a larger one. */
export type Mergeable = {
  /** What is asked of each entity, in braces. */
  selection: string;
  /** Declarations of the client's variables, by name. */
  variables: ReadonlyMap<string, string>;
  /** No objects inside, and nothing renamed: answers to the same text may be shared by those who asked. */
  shareable: boolean;
};

let numbers = 0;

/** A request for entities: its text is fixed, only variables and representations are filled in. */
export class EntityRequest {
  readonly number = numbers++;
  readonly subgraph: string;
  readonly name: string | undefined;
  readonly query: boolean;
  readonly usages: readonly string[];
  /** undefined: it goes alone. */
  readonly mergeable: Mergeable | undefined;
  private readonly start: string;

  constructor(node: FetchNode) {
    this.subgraph = node.serviceName;
    this.name = node.operationName;
    this.query = node.operationKind === OperationTypeNode.QUERY;
    this.usages = node.variableUsages ?? [];
    this.start = startOf(node.operation, this.name);
    this.mergeable = this.query ? mergeableOf(node) : undefined;
  }

  body(variables: Record<string, unknown>, texts: readonly string[]): string {
    const own = variablesText(this.usages, variables);
    return `${this.start}${own}${own === '' ? '' : ','}"representations":[${texts.join(',')}]}}`;
  }
}

/** The JSON of a request as far as its variables. */
export function startOf(operation: string, name: string | undefined): string {
  return `{"query":${json(operation)},${name === undefined ? '' : `"operationName":${json(name)},`}"variables":{`;
}

/** Plans ask for entities with one field, `_entities`, and nothing beside it. Whatever looks otherwise goes alone. */
function mergeableOf({ operation: text, inputRewrites, outputRewrites }: FetchNode): Mergeable | undefined {
  const [operation, ...others] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return undefined;
  const [field, ...more] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || field.name.value !== '_entities' || field.alias || more.length > 0)
    return undefined;
  if (field.selectionSet === undefined || operation.directives?.length || field.directives?.length) return undefined;
  const textOf = (node: { loc?: { start: number; end: number } }) => text.slice(node.loc?.start, node.loc?.end);
  const declared = (operation.variableDefinitions ?? []).map(
    (node) => [node.variable.name.value, textOf(node)] as const,
  );
  const variables = new Map(declared.filter(([name]) => name !== 'representations'));
  // The merged request has variables of such names.
  if ([...variables.keys()].some((name) => name.startsWith('representations'))) return undefined;
  const renamed = Boolean(inputRewrites?.length || outputRewrites?.length);
  return {
    selection: textOf(field.selectionSet),
    variables,
    shareable: !renamed && hasOnlyLeaves(field.selectionSet),
  };
}

function hasOnlyLeaves({ selections }: SelectionSetNode): boolean {
  return selections.every((node) => {
    if (node.kind === Kind.FIELD) return node.selectionSet === undefined;
    return node.kind === Kind.INLINE_FRAGMENT && hasOnlyLeaves(node.selectionSet);
  });
}
