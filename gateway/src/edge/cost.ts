import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Limits } from '../config';
import type { Admit, AdmittedOperation, Fragments } from './admission';
import { Refusal } from './refusal';
import type { RequestContext } from './request-context';
import type { ListSize, Weights } from './weights';

/** A mutation takes locks and writes: it costs as much as reading so many objects. */
const MUTATION = 10;
const CONNECTION: ListSize = {
  assumedSize: undefined,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
};

type Variables = Record<string, unknown>;
/** What a part of an operation costs with these variables; `sized` is the size that a connection hands to its fields. */
type Price = (variables: Variables, sized: Sized | undefined, known: Known) => number;
type Sized = { size: number; fields: readonly string[] };
/** Prices of fragments within one request: each is worked out once, however often it is spread. */
type Known = Map<string, number>;

/** Refuses what costs too much before a subgraph is asked. The price of an operation is compiled once for its document. */
export function costLimit(
  weights: Weights,
  limits: Pick<Limits, 'cost' | 'listSize'>,
  observe: (cost: number, context: RequestContext) => void,
): Admit {
  const prices = new WeakMap<OperationDefinitionNode, Price>();

  return ({ schema, fragments, operation, variables, context }: AdmittedOperation) => {
    let price = prices.get(operation);
    if (price === undefined) {
      price = new Pricing(schema, fragments, weights, limits.listSize).priceOf(operation);
      prices.set(operation, price);
    }
    const cost = price(withDefaults(operation, variables), undefined, new Map());
    observe(cost, context);
    if (cost > limits.cost) {
      const message = `The operation costs ${cost}; ${limits.cost} are allowed. Ask for fewer items or fewer nested lists.`;
      throw new Refusal(400, 'OPERATION_TOO_COSTLY', message, { max: limits.cost, cost });
    }
  };
}

/**
 * Objects, interfaces and unions cost 1, scalars nothing, lists their items; `@cost` and `@listSize` say otherwise. What a
 * union's or an interface's types ask for is added up, although only one of them can come: never too little.
 */
class Pricing {
  private readonly compiled = new Map<string, Price>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: Fragments,
    private readonly weights: Weights,
    private readonly listSize: number,
  ) {}

  priceOf(operation: OperationDefinitionNode): Price {
    const root = this.schema.getRootType(operation.operation);
    if (!root) return () => 0;
    return this.selections(operation.selectionSet, root);
  }

  private selections(set: SelectionSetNode, parent: GraphQLCompositeType): Price {
    const parts = set.selections.map((selection): Price => {
      if (selection.kind === Kind.FIELD) return this.field(selection, parent);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return this.fragment(selection.name.value);
      return this.selections(selection.selectionSet, this.typeOf(selection.typeCondition?.name.value) ?? parent);
    });
    return (variables, sized, known) => parts.reduce((sum, part) => sum + part(variables, sized, known), 0);
  }

  private fragment(name: string): Price {
    const fragment = this.fragments[name];
    const type = this.typeOf(fragment?.typeCondition.name.value);
    if (fragment === undefined || type === undefined) return () => 0;
    let compiled = this.compiled.get(name);
    if (compiled === undefined) {
      // Set before its inside is looked at: fragments form no circle (validation), but are spread in many places.
      let inside: Price = () => 0;
      compiled = (variables, sized, known) => {
        const key = sized === undefined ? name : `${name} ${sized.size} ${sized.fields.join()}`;
        const cost = known.get(key) ?? inside(variables, sized, known);
        known.set(key, cost);
        return cost;
      };
      this.compiled.set(name, compiled);
      inside = this.selections(fragment.selectionSet, type);
    }
    return compiled;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType): Price {
    const name = node.name.value;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (field === undefined) return () => 0; // __typename, and introspection, which has its own switch
    const key = `${parent.name}.${name}`;
    const type = getNamedType(field.type);
    const composite = isCompositeType(type);
    const own = this.weights.fields.get(key) ?? this.weights.types.get(type.name) ?? (composite ? 1 : 0);
    const given = (node.arguments ?? []).reduce(
      (sum, argument) => sum + (this.weights.arguments.get(`${key}.${argument.name.value}`) ?? 0),
      parent === this.schema.getMutationType() ? MUTATION : 0,
    );
    const inside = composite && node.selectionSet ? this.selections(node.selectionSet, type) : undefined;
    const list = isList(field.type);
    const sizing = this.weights.lists.get(key) ?? (list ? undefined : connection(field));
    if (own === 0 && given === 0 && inside === undefined) return () => 0;

    return (variables, sized, known) => {
      const size = sizing === undefined ? undefined : sizeOf(sizing, node, field, variables, this.listSize);
      const handed = sizing !== undefined && size !== undefined && sizing.sizedFields.length > 0;
      const items = list ? itemsOf(name, handed ? undefined : size, sized, this.listSize) : 1;
      const below = handed ? { size: size, fields: sizing.sizedFields } : undefined;
      return given + items * (own + (inside?.(variables, below, known) ?? 0));
    };
  }

  private typeOf(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function itemsOf(name: string, own: number | undefined, sized: Sized | undefined, assumed: number): number {
  if (own !== undefined) return own;
  return sized?.fields.includes(name) ? sized.size : assumed;
}

/** Fields that take `first` or `last` and answer an object are connections, without a word in the schema. */
function connection(field: GraphQLField<unknown, unknown>): ListSize | undefined {
  return field.args.some(({ name }) => CONNECTION.slicingArguments.includes(name)) ? CONNECTION : undefined;
}

/** The most that is asked for, else what the schema gives when nothing is, else what it assumes. */
function sizeOf(
  { slicingArguments, assumedSize }: ListSize,
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  variables: Variables,
  assumed: number,
): number {
  const asked = slicingArguments.flatMap((name) => {
    const argument = node.arguments?.find((one) => one.name.value === name);
    const value = argument === undefined ? undefined : valueFromASTUntyped(argument.value, variables);
    return typeof value === 'number' ? [Math.max(0, value)] : [];
  });
  if (asked.length > 0) return Math.max(...asked);
  const defaults = field.args.flatMap(({ name, defaultValue }) =>
    slicingArguments.includes(name) && typeof defaultValue === 'number' ? [defaultValue] : [],
  );
  return defaults.length > 0 ? Math.max(...defaults) : (assumedSize ?? assumed);
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function withDefaults(operation: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  return defaults.length === 0 ? variables : { ...Object.fromEntries(defaults), ...variables };
}
