import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { Random } from './random';

export type Query = { text: string; variables: Record<string, unknown> };

/** A random valid operation: aliases that collide, fragments on whatever fits, conditions, variables. */
export function randomQuery(schema: GraphQLSchema, seed: string): Query {
  for (let attempt = 0; ; attempt++) {
    const made = new Maker(schema, new Random(`${seed} ${attempt}`)).make();
    if (validate(schema, parse(made.text), specifiedRules).length === 0) return made;
  }
}

class Maker {
  private readonly variables: Record<string, unknown> = {};
  private readonly declared: string[] = [];
  private readonly fragments: string[] = [];
  private budget: number;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
  ) {
    this.budget = 5 + random.below(40);
  }

  make(): Query {
    const mutation = this.schema.getMutationType();
    const kind = mutation && this.random.happens(0.08) ? 'mutation' : 'query';
    const root = kind === 'mutation' ? mutation : this.schema.getQueryType();
    const body = this.selections(root!, 0);
    const declared = this.declared.length === 0 ? '' : `(${this.declared.join(', ')})`;
    return { text: `${kind} Q${declared} ${body} ${this.fragments.join(' ')}`, variables: this.variables };
  }

  private selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    const wanted = 1 + this.random.below(depth < 2 ? 5 : 4);
    for (let i = 0; i < wanted && this.budget > 0; i++) parts.push(this.selection(type, depth));
    const text = parts.filter((part) => part !== '').join(' ');
    return `{ ${text === '' ? '__typename' : text} }`;
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    this.budget--;
    if (isUnionType(type) || this.random.happens(isAbstractType(type) ? 0.5 : 0.12)) return this.fragment(type, depth);
    if (this.random.happens(0.08)) return `${this.alias()}__typename`;
    const fields = Object.values(type.getFields());
    return this.field(this.random.pick(fields), depth);
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    if (this.random.happens(0.1)) return '__typename';
    const possible = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    const related = Object.values(this.schema.getTypeMap()).filter(
      (other): other is GraphQLCompositeType =>
        isAbstractType(other) &&
        possible.some((object) => isObjectType(object) && this.schema.isSubType(other, object)),
    );
    const on = this.random.pick([...possible, ...possible, ...related]);
    const body = this.selections(on, depth);
    const condition = this.random.happens(0.1) && on === type ? '' : ` on ${on.name}`;
    if (!this.random.happens(0.25)) return `...${condition} ${this.condition()}${body}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} ${body}`);
    return `...${name} ${this.condition()}`;
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    if (isCompositeType(type) && depth >= 5) return '__typename';
    const given = field.args.flatMap((argument) => this.argument(argument));
    const args = given.length === 0 ? '' : `(${given.join(', ')})`;
    const inner = isCompositeType(type) ? this.selections(type, depth + 1) : '';
    return `${this.alias()}${field.name}${args} ${this.condition()}${inner}`;
  }

  private alias(): string {
    return this.random.happens(0.12) ? `${this.random.pick(['a', 'b', 'c', 'id', 'name', 'constructor'])}: ` : '';
  }

  private condition(): string {
    if (!this.random.happens(0.1)) return '';
    const directive = this.random.pick(['skip', 'include']);
    if (this.random.happens(0.3)) return `@${directive}(if: ${this.random.happens(0.5)}) `;
    const name = `if${this.random.below(3)}`;
    if (!this.declared.some((text) => text.startsWith(`$${name}:`))) {
      const fallback = this.random.happens(0.3);
      this.declared.push(`$${name}: Boolean${fallback ? ' = true' : '!'}`);
      if (!fallback || this.random.happens(0.5)) this.variables[name] = this.random.happens(0.6);
    }
    return `@${directive}(if: $${name}) `;
  }

  private argument({ name, type, defaultValue }: GraphQLArgument): string[] {
    const needed = isNonNullType(type) && defaultValue === undefined;
    if (!needed && this.random.happens(0.6)) return [];
    if (this.random.happens(0.5)) return [`${name}: ${literal(this.value(type))}`];
    const variable = `v${this.declared.length}`;
    this.declared.push(`$${variable}: ${String(type)}`);
    if (needed || isNonNullType(type) || this.random.happens(0.8)) this.variables[variable] = plain(this.value(type));
    return [`${name}: $${variable}`];
  }

  private value(type: GraphQLInputType, depth = 0, nullable = true): unknown {
    if (isNonNullType(type)) return this.value(type.ofType, depth, false);
    if (nullable && (depth > 3 || this.random.happens(0.05))) return null;
    if (isListType(type)) return [this.value(type.ofType, depth + 1)];
    if (!isInputObjectType(type)) return this.leaf(type);
    const entries = Object.values(type.getFields()).filter((f) => isNonNullType(f.type) || this.random.happens(0.3));
    return Object.fromEntries(entries.map((field) => [field.name, this.value(field.type, depth + 1)]));
  }

  private leaf(type: GraphQLInputType): unknown {
    if (isEnumType(type)) return new EnumValue(this.random.pick(type.getValues()).name);
    const name = String(type);
    if (name === 'Boolean') return this.random.happens(0.5);
    if (name === 'Int') return this.random.below(9);
    if (name === 'Float') return this.random.below(9) / 2;
    return isListType(type) ? [] : `t${this.random.below(4)}`;
  }
}

class EnumValue {
  constructor(readonly name: string) {}
}

function literal(value: unknown): string {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${literal(inner)}`)
    .join(', ')} }`;
}

function plain(value: unknown): unknown {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
