// Operations written from the schema alone: every field of the API with everything that it answers.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/** What fields below the root cannot be asked without. */
const ARGUMENTS: Record<string, string> = { 'before: DateTime!': '"2100-01-01T00:00:00Z"' };

/** `mutation ($input: XInput!) { result: x(input: $input) { … } }`, answering all that can be reached in so many steps. */
export function operationOf(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>, depth: number): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = selectionOf(getNamedType(field.type), depth, new Set());
  return `${kind}${declared && `(${declared})`} { result: ${field.name}${passed && `(${passed})`} ${selection} }`;
}

function selectionOf(type: GraphQLNamedType, depth: number, above: ReadonlySet<string>): string {
  if (isLeafType(type)) return '';
  if (isUnionType(type) && depth > 0) {
    // Fields of one name and several types cannot stand side by side: the first type has it.
    const taken = new Map<string, string>();
    const parts = type.getTypes().map((member) => {
      const fields = fieldsOf(member, depth, above, (name, of) => {
        const known = taken.get(name);
        if (known === undefined) taken.set(name, String(of));
        return known === undefined || known === String(of);
      });
      return `... on ${member.name} { ${fields} }`;
    });
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (isUnionType(type)) return '{ __typename }';
  if (!isObjectType(type)) throw new Error(`no selection for ${type.name}`);
  if (depth === 0) return `{ __typename ${type.getFields()['edges'] ? 'edges { __typename }' : ''} }`;
  return `{ __typename ${fieldsOf(type, depth, above, () => true)} }`;
}

function fieldsOf(
  type: GraphQLObjectType,
  depth: number,
  above: ReadonlySet<string>,
  fits: (name: string, type: GraphQLOutputType) => boolean,
): string {
  // An error that names what was asked for gives nothing away.
  const echoed = type.getInterfaces().some(isInterfaceType) ? ['couponId'] : [];
  return Object.values(type.getFields())
    .map((field) => {
      const inner = getNamedType(field.type);
      if (echoed.includes(field.name) || above.has(inner.name)) return '';
      if (isLeafType(inner)) return fits(field.name, field.type) ? called(field.name, field.args) : '';
      if (depth === 1 || !fits(field.name, field.type)) return '';
      const selection = selectionOf(inner, depth - 1, new Set([...above, type.name]));
      return selection === '{ __typename  }' ? '' : `${called(field.name, field.args)} ${selection}`;
    })
    .filter(Boolean)
    .join(' ');
}

function called(name: string, args: readonly GraphQLArgument[]): string {
  const given = args.filter(isRequiredArgument).map((arg) => {
    const value = ARGUMENTS[`${arg.name}: ${arg.type}`];
    if (value === undefined) throw new Error(`say in ARGUMENTS what ${name} gets as ${arg.name}: ${arg.type}`);
    return `${arg.name}: ${value}`;
  });
  return given.length === 0 ? name : `${name}(${given.join(', ')})`;
}

/** Paths of all inputs of type ID, keys of submissions apart: `input.basket.couponIds.0`. */
export function idPathsOf(field: GraphQLField<unknown, unknown>): string[] {
  return field.args.flatMap(({ name, type }) => idPaths(name, type));
}

function idPaths(path: string, type: GraphQLInputType): string[] {
  if (isNonNullType(type)) return idPaths(path, type.ofType);
  if (isListType(type)) return idPaths(`${path}.0`, type.ofType);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((field) => idPaths(`${path}.${field.name}`, field.type));
  }
  return type.name === 'ID' && !path.endsWith('.idempotencyKey') ? [path] : [];
}

/** A copy with one value in another place. */
export function withValue(from: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const inner = (from as Record<string, unknown> | undefined)?.[head];
  if (Array.isArray(from) || (from === undefined && /^\d+$/.test(head))) {
    const copy = [...((from as unknown[] | undefined) ?? [])];
    copy[Number(head)] = withValue(inner, rest, value);
    return copy;
  }
  return { ...(from as object), [head]: withValue(inner, rest, value) };
}
