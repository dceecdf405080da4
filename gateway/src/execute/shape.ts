import {
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { type Conditions, isSelected } from './conditions';
import { Uncompilable } from './uncompilable';

/** Selections on an object, and the type on which they were written. Fields with the same key share one object. */
export type Source = { selections: SelectionSetNode; parent: GraphQLCompositeType };

export type Field =
  | { kind: 'typename'; key: string; parent: GraphQLCompositeType | undefined }
  | { kind: 'field'; key: string; type: GraphQLOutputType; sources: Source[] };

/** What the client's operation says about the form of its answer, for one set of conditions. */
export class Shape {
  constructor(
    readonly schema: GraphQLSchema,
    readonly root: Source,
    private readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>,
    private readonly conditions: Conditions,
  ) {}

  /** The fields of an object in their order. Without `__typename` in its data, only static types decide on fragments. */
  fieldsOf(sources: readonly Source[], runtime: GraphQLCompositeType | undefined): Field[] {
    const fields = new Map<string, Field>();
    for (const { selections, parent } of sources) this.collect(selections, parent, runtime ?? parent, runtime, fields);
    return [...fields.values()];
  }

  private collect(
    { selections }: SelectionSetNode,
    written: GraphQLCompositeType,
    known: GraphQLCompositeType,
    runtime: GraphQLCompositeType | undefined,
    fields: Map<string, Field>,
  ): void {
    for (const node of selections) {
      if (!isSelected(node.directives, this.conditions)) continue;
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        addField(fields, key, node.name.value, node.selectionSet, written, runtime === known ? undefined : known);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments[node.name.value];
      if (fragment === undefined) throw new Uncompilable('plan');
      const condition = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      if (condition !== undefined && !isCompositeType(condition)) throw new Uncompilable('plan');
      if (condition !== undefined && !this.isSubtype(condition, runtime ?? known)) continue;
      this.collect(fragment.selectionSet, condition ?? written, condition ?? known, runtime, fields);
    }
  }

  private isSubtype(wanted: GraphQLCompositeType, type: GraphQLCompositeType): boolean {
    if (wanted === type) return true;
    return isAbstractType(wanted) && !isUnionType(type) && this.schema.isSubType(wanted, type);
  }
}

function addField(
  fields: Map<string, Field>,
  key: string,
  name: string,
  selections: SelectionSetNode | undefined,
  written: GraphQLCompositeType,
  parent: GraphQLCompositeType | undefined,
): void {
  if (key === '__proto__' || (key === '__typename' && name !== '__typename')) throw new Uncompilable('name');
  const known = fields.get(key);
  if (name === '__typename') {
    if (known === undefined) fields.set(key, { kind: 'typename', key, parent });
    return;
  }
  if (name.startsWith('__')) throw new Uncompilable('introspection');
  if (!isObjectType(written) && !isInterfaceType(written)) throw new Uncompilable('plan');
  const type = written.getFields()[name]?.type;
  if (type === undefined) throw new Uncompilable('plan');
  const named = getNamedType(type);
  const sources = selections !== undefined && isCompositeType(named) ? [{ selections, parent: named }] : [];
  if (known?.kind === 'field') known.sources.push(...sources);
  else if (known === undefined) fields.set(key, { kind: 'field', key, type, sources });
}
