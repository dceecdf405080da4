import { type ArgumentNode, type DirectiveNode, type ValueNode, type FieldDefinitionNode, Kind, parse } from 'graphql';

/** What `@listSize` says of a field. */
export type ListSize = {
  assumedSize: number | undefined;
  slicingArguments: readonly string[];
  /** Fields of the answer that have the size, for connections; none: the field itself is the list. */
  sizedFields: readonly string[];
};

/** What the supergraph says beside its types: `@cost` of types, fields and arguments, `@listSize` of fields. */
export type Weights = {
  types: ReadonlyMap<string, number>;
  /** By `Type.field`. */
  fields: ReadonlyMap<string, number>;
  /** By `Type.field.argument`. */
  arguments: ReadonlyMap<string, number>;
  lists: ReadonlyMap<string, ListSize>;
};

/** By the name the directive was imported under, or that of its specification. */
const COST = /^(cost|cost__cost|federation__cost)$/;
const LIST_SIZE = /^(listSize|cost__listSize|federation__listSize)$/;

export function readWeights(supergraphSdl: string): Weights {
  const types = new Map<string, number>();
  const fields = new Map<string, number>();
  const args = new Map<string, number>();
  const lists = new Map<string, ListSize>();

  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (!('name' in definition) || definition.name === undefined || !('directives' in definition)) continue;
    const type = definition.name.value;
    const own = costIn(definition.directives);
    if (own !== undefined) types.set(type, own);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) readField(`${type}.${field.name.value}`, field);
  }
  return { types, fields, arguments: args, lists };

  function readField(key: string, field: FieldDefinitionNode): void {
    const cost = costIn(field.directives);
    if (cost !== undefined) fields.set(key, cost);
    const list = field.directives?.find(({ name }) => LIST_SIZE.test(name.value));
    if (list !== undefined) lists.set(key, listSizeOf(list));
    for (const argument of field.arguments ?? []) {
      const weight = costIn(argument.directives);
      if (weight !== undefined) args.set(`${key}.${argument.name.value}`, weight);
    }
  }
}

function costIn(directives: readonly DirectiveNode[] | undefined): number | undefined {
  const directive = directives?.find(({ name }) => COST.test(name.value));
  return directive === undefined ? undefined : numberIn(argumentOf(directive, 'weight'));
}

function listSizeOf(directive: DirectiveNode): ListSize {
  return {
    assumedSize: numberIn(argumentOf(directive, 'assumedSize')),
    slicingArguments: namesIn(argumentOf(directive, 'slicingArguments')),
    sizedFields: namesIn(argumentOf(directive, 'sizedFields')),
  };
}

function argumentOf(directive: DirectiveNode, name: string): ValueNode | undefined {
  return directive.arguments?.find((argument: ArgumentNode) => argument.name.value === name)?.value;
}

function numberIn(value: ValueNode | undefined): number | undefined {
  return value?.kind === Kind.INT ? Number(value.value) : undefined;
}

function namesIn(value: ValueNode | undefined): string[] {
  return value?.kind === Kind.LIST ? value.values.flatMap((one) => (one.kind === Kind.STRING ? [one.value] : [])) : [];
}
