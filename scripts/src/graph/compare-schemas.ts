import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';

export type Rule =
  | 'TYPE_MISSING'
  | 'KIND_CHANGED'
  | 'FIELD_MISSING'
  | 'OUTPUT_TYPE_CHANGED'
  | 'OUTPUT_MADE_NULLABLE'
  | 'ARGUMENT_MISSING'
  | 'ARGUMENT_ADDED_REQUIRED'
  | 'INPUT_TYPE_CHANGED'
  | 'INPUT_MADE_REQUIRED'
  | 'INPUT_FIELD_MISSING'
  | 'INPUT_FIELD_ADDED_REQUIRED'
  | 'DEFAULT_CHANGED'
  | 'INTERFACE_MISSING'
  | 'UNION_MEMBER_MISSING'
  | 'ENUM_VALUE_MISSING'
  | 'ROOT_TYPE_MISSING'
  | 'KEY_MISSING'
  | 'FIELD_ELSEWHERE';

/** Where the graph gives less, or asks for more, than the contract says. `at` is a schema coordinate. */
export type Difference = { at: string; rule: Rule; detail: string };

/** Everything in which `actual` is missing something of `contract` or is narrower. What it has beside that is welcome. */
export function compareSchemas(contract: GraphQLSchema, actual: GraphQLSchema): Difference[] {
  const differences: Difference[] = [];
  const report = (at: string, rule: Rule, detail: string) => differences.push({ at, rule, detail });

  for (const root of ['query', 'mutation', 'subscription'] as const) {
    const wanted = {
      query: contract.getQueryType(),
      mutation: contract.getMutationType(),
      subscription: contract.getSubscriptionType(),
    }[root];
    const found = {
      query: actual.getQueryType(),
      mutation: actual.getMutationType(),
      subscription: actual.getSubscriptionType(),
    }[root];
    if (wanted && wanted.name !== found?.name) report(wanted.name, 'ROOT_TYPE_MISSING', `is not the ${root} type`);
  }
  for (const wanted of Object.values(contract.getTypeMap())) {
    if (wanted.name.startsWith('__') || (isScalarType(wanted) && isSpecifiedScalarType(wanted))) continue;
    const found = actual.getType(wanted.name);
    if (found === undefined) report(wanted.name, 'TYPE_MISSING', 'is missing');
    else compareTypes(wanted, found, report);
  }
  return differences;
}

type Report = (at: string, rule: Rule, detail: string) => void;

function compareTypes(wanted: GraphQLNamedType, found: GraphQLNamedType, report: Report): void {
  if ((isObjectType(wanted) && isObjectType(found)) || (isInterfaceType(wanted) && isInterfaceType(found))) {
    for (const { name } of wanted.getInterfaces()) {
      if (!found.getInterfaces().some((other) => other.name === name)) {
        report(wanted.name, 'INTERFACE_MISSING', `does not implement ${name}`);
      }
    }
    for (const field of Object.values(wanted.getFields())) {
      const at = `${wanted.name}.${field.name}`;
      const other = found.getFields()[field.name];
      if (other === undefined) {
        report(at, 'FIELD_MISSING', 'is missing');
        continue;
      }
      compareOutput(at, field.type, other.type, report);
      compareArguments(at, field.args, other.args, report);
    }
  } else if (isInputObjectType(wanted) && isInputObjectType(found)) {
    compareInputFields(wanted.name, Object.values(wanted.getFields()), Object.values(found.getFields()), report);
  } else if (isUnionType(wanted) && isUnionType(found)) {
    const names = new Set(found.getTypes().map(({ name }) => name));
    for (const { name } of wanted.getTypes()) {
      if (!names.has(name)) report(wanted.name, 'UNION_MEMBER_MISSING', `has no member ${name}`);
    }
  } else if (isEnumType(wanted) && isEnumType(found)) {
    for (const { name } of wanted.getValues()) {
      if (found.getValue(name) === undefined) report(`${wanted.name}.${name}`, 'ENUM_VALUE_MISSING', 'is missing');
    }
  } else if (!(isScalarType(wanted) && isScalarType(found))) {
    report(wanted.name, 'KIND_CHANGED', `is another kind of type: ${found.astNode?.kind ?? found.constructor.name}`);
  }
}

function compareArguments(
  field: string,
  wanted: readonly GraphQLArgument[],
  found: readonly GraphQLArgument[],
  report: Report,
): void {
  for (const argument of wanted) {
    const at = `${field}(${argument.name}:)`;
    const other = found.find(({ name }) => name === argument.name);
    if (other === undefined) report(at, 'ARGUMENT_MISSING', 'is missing');
    else compareInput(at, argument, other, report);
  }
  for (const argument of found) {
    if (isRequiredArgument(argument) && !wanted.some(({ name }) => name === argument.name)) {
      report(`${field}(${argument.name}:)`, 'ARGUMENT_ADDED_REQUIRED', 'is required, the contract does not know it');
    }
  }
}

function compareInputFields(
  type: string,
  wanted: readonly GraphQLInputField[],
  found: readonly GraphQLInputField[],
  report: Report,
): void {
  for (const field of wanted) {
    const at = `${type}.${field.name}`;
    const other = found.find(({ name }) => name === field.name);
    if (other === undefined) report(at, 'INPUT_FIELD_MISSING', 'is missing');
    else compareInput(at, field, other, report);
  }
  for (const field of found) {
    if (isRequiredInputField(field) && !wanted.some(({ name }) => name === field.name)) {
      report(`${type}.${field.name}`, 'INPUT_FIELD_ADDED_REQUIRED', 'is required, the contract does not know it');
    }
  }
}

function compareInput(
  at: string,
  wanted: GraphQLArgument | GraphQLInputField,
  found: GraphQLArgument | GraphQLInputField,
  report: Report,
): void {
  const verdict = accepts(found.type, wanted.type);
  if (verdict !== 'yes') {
    report(
      at,
      verdict === 'required' ? 'INPUT_MADE_REQUIRED' : 'INPUT_TYPE_CHANGED',
      `is ${found.type}, not ${wanted.type}`,
    );
  }
  const [expected, actual] = [wanted.defaultValue, found.defaultValue].map((value) => JSON.stringify(value));
  if (expected !== undefined && expected !== actual) {
    report(at, 'DEFAULT_CHANGED', `defaults to ${actual ?? 'nothing'}, not ${expected}`);
  }
}

function compareOutput(at: string, wanted: GraphQLOutputType, found: GraphQLOutputType, report: Report): void {
  const verdict = promises(found, wanted);
  if (verdict === 'yes') return;
  const rule = verdict === 'nullable' ? 'OUTPUT_MADE_NULLABLE' : 'OUTPUT_TYPE_CHANGED';
  report(at, rule, `is ${found}, not ${wanted}`);
}

/** Does an output of type `found` keep what `wanted` promises? Never null where null was allowed is keeping it. */
function promises(found: GraphQLOutputType, wanted: GraphQLOutputType): 'yes' | 'nullable' | 'other' {
  if (isNonNullType(wanted)) {
    if (isNonNullType(found)) return promises(found.ofType, wanted.ofType);
    return promises(found, wanted.ofType) === 'other' ? 'other' : 'nullable';
  }
  if (isNonNullType(found)) return promises(found.ofType, wanted);
  if (isListType(wanted) || isListType(found)) {
    return isListType(wanted) && isListType(found) ? promises(found.ofType, wanted.ofType) : 'other';
  }
  return found.name === wanted.name ? 'yes' : 'other';
}

/** Does an input of type `found` take everything that `wanted` allows a client to send? */
function accepts(found: GraphQLInputType, wanted: GraphQLInputType): 'yes' | 'required' | 'other' {
  if (isNonNullType(found)) {
    if (isNonNullType(wanted)) return accepts(found.ofType, wanted.ofType);
    return accepts(found.ofType, wanted) === 'other' ? 'other' : 'required';
  }
  if (isNonNullType(wanted)) return accepts(found, wanted.ofType);
  if (isListType(wanted) || isListType(found)) {
    return isListType(wanted) && isListType(found) ? accepts(found.ofType, wanted.ofType) : 'other';
  }
  return found.name === wanted.name ? 'yes' : 'other';
}
