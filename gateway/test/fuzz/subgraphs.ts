import { Supergraph } from '@apollo/federation-internals';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { SubgraphAnswer } from '../../src/execute/run';
import { chance } from './random';

/** How often what happens to data: of a hundred values, or requests. */
export type Weather = { nulls: number; errors: number; lies: number; away: number };

type Request = { query: string; variables: Record<string, unknown> };
type Object_ = { typename: string; number: number; inputs: string };
type Path = (string | number)[];

/** Answers for all subgraphs of a supergraph: the same question of the same world has the same answer. */
export class Subgraphs {
  private readonly schemas = new Map<string, GraphQLSchema>();
  private readonly keys = new Set<string>();
  private readonly required = new Set<string>();

  constructor(supergraphSdl: string) {
    for (const { name, schema } of Supergraph.build(supergraphSdl).subgraphs()) {
      this.schemas.set(name, schema.toGraphQLJSSchema());
    }
    const graphs = new Map<string, string>();
    for (const [, graph = '', name = ''] of supergraphSdl.matchAll(/(\w+) @join__graph\(name: "([^"]+)"/g)) {
      graphs.set(graph, name);
    }
    for (const node of parse(supergraphSdl).definitions) {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const [, key = ''] of (node.directives ?? [])
        .map(print)
        .join(' ')
        .matchAll(/key: "([^"]+)"/g)) {
        for (const [field] of key.matchAll(/\w+/g)) this.keys.add(field);
      }
      for (const field of node.fields ?? []) {
        for (const text of (field.directives ?? []).map(print)) {
          const graph = /graph: (\w+)/.exec(text)?.[1] ?? '';
          if (text.includes('requires:'))
            this.required.add(`${graphs.get(graph)} ${node.name.value} ${field.name.value}`);
        }
      }
    }
  }

  answer(subgraph: string, body: string, world: string, weather: Weather): SubgraphAnswer {
    const request = JSON.parse(body) as Request;
    if (chance(world, subgraph, 'away') * 100 < weather.away) throw new Error('away');
    const schema = this.schemas.get(subgraph);
    if (schema === undefined) throw new Error(`No subgraph ${subgraph}`);
    try {
      return new Answer(
        schema,
        request,
        (type, field) => this.needs(subgraph, type, field),
        this.keys,
        world,
        weather,
      ).make();
    } catch {
      // A representation that makes no sense, as lies do: a subgraph says so, and is not away.
      return { data: null, errors: [{ message: 'no sense', extensions: {} }] };
    }
  }

  private needs(subgraph: string, type: string, field: string): boolean {
    return this.required.has(`${subgraph} ${type} ${field}`);
  }
}

class Answer {
  private readonly errors: { message: string; path: Path; extensions: object }[] = [];
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly operation: OperationDefinitionNode;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly request: Request,
    private readonly needs: (type: string, field: string) => boolean,
    private readonly keys: ReadonlySet<string>,
    private readonly world: string,
    private readonly weather: Weather,
  ) {
    const definitions = parse(request.query, { noLocation: true }).definitions;
    this.operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
    for (const node of definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  make(): SubgraphAnswer {
    if (this.questions().some((text) => this.isUnlucky('nothing', text, this.weather.away / 2))) {
      return { data: null, errors: [{ message: 'nothing', extensions: { code: 'FORBIDDEN' } }] };
    }
    const root = this.schema.getRootType(this.operation.operation);
    const typename = root?.name ?? 'Query';
    try {
      const data = this.object({ typename, number: 0, inputs: '' }, this.operation.selectionSet, []);
      return this.errors.length === 0 ? { data } : { data, errors: this.errors };
    } catch (error) {
      // What cannot be executed is refused, as any server does.
      return { data: null, errors: [{ message: String(error) }] };
    }
  }

  /** What is asked, one by one where requests for entities came as one: together or alone, it has the same luck. */
  private questions(): string[] {
    const { selections } = this.operation.selectionSet;
    const entities = selections.filter((node) => node.kind === Kind.FIELD && node.name.value === '_entities');
    if (entities.length === 0) return [print(this.operation.selectionSet)];
    return entities.map((node) => (node.kind === Kind.FIELD && node.selectionSet ? print(node.selectionSet) : ''));
  }

  private isUnlucky(what: string, text: string, percent: number): boolean {
    return chance(this.world, what, text) * 100 < percent;
  }

  private object(object: Object_, selections: SelectionSetNode, path: Path): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    this.select(object, selections, path, data);
    return data;
  }

  private select(object: Object_, { selections }: SelectionSetNode, path: Path, data: Record<string, unknown>): void {
    for (const node of selections) {
      if (node.directives?.some((directive) => this.isOff(directive))) continue;
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        const name = node.name.value;
        const at = [...path, key];
        if (name === '__typename') data[key] = object.typename;
        else if (name === '_entities') data[key] = this.entities(node, at);
        else {
          const type = this.schema.getType(object.typename);
          if (!isObjectType(type)) throw new Error(`${object.typename} is no object`);
          const args = JSON.stringify((node.arguments ?? []).map(({ name, value }) => [name.value, this.plain(value)]));
          const field = type.getFields()[name]?.type;
          if (field === undefined) throw new Error(`${object.typename} has no ${name}`);
          const inputs = this.needs(object.typename, name) ? object.inputs : '';
          const words = [object.typename, object.number, name, args, inputs].join(' ');
          const known = Object.hasOwn(data, key) ? data[key] : undefined;
          const value = this.value(field, words, name, object, node.selectionSet, at, known);
          data[key] = value;
        }
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments.get(node.name.value);
      const on = fragment?.typeCondition?.name.value;
      if (on === undefined || this.isA(object.typename, on)) this.select(object, fragment!.selectionSet, path, data);
    }
  }

  private entities(node: FieldNode, path: Path): unknown {
    const selections = node.selectionSet as SelectionSetNode;
    const text = print(selections);
    if (this.isUnlucky('no list', text, this.weather.lies / 2)) return null;
    const representations = this.plain(node.arguments?.[0]?.value as never) as Record<string, unknown>[];
    const some = this.isUnlucky('short', text, this.weather.lies) ? representations.slice(1) : representations;
    return some.map((representation, index) => {
      const inputs = canonical(representation);
      const luck = chance(this.world, inputs, 'entity') * 100;
      if (luck < this.weather.errors) this.fail([...path, index], inputs);
      if (luck < this.weather.nulls / 2) return null;
      const number = Number(/(\d+)"?\}*$/.exec(keyText(representation, this.keys))?.[1] ?? 0);
      const type = this.schema.getType(String(representation['__typename']));
      if (type === undefined) throw new Error(`Unknown ${String(representation['__typename'])}`);
      return this.object({ typename: this.concrete(type, number), number, inputs }, selections, [...path, index]);
    });
  }

  private value(
    type: GraphQLOutputType,
    words: string,
    name: string,
    parent: Object_,
    selections: SelectionSetNode | undefined,
    path: Path,
    known: unknown,
  ): unknown {
    const luck = chance(this.world, words, 'luck') * 100;
    if (isNonNullType(type)) {
      if (luck > 100 - this.weather.lies) return null;
      return this.filled(type.ofType, words, name, parent, selections, path, known);
    }
    if (luck < this.weather.nulls) {
      if (luck < this.weather.errors) this.fail(path, words);
      return null;
    }
    return this.filled(type, words, name, parent, selections, path, known);
  }

  private filled(
    type: GraphQLOutputType,
    words: string,
    name: string,
    parent: Object_,
    selections: SelectionSetNode | undefined,
    path: Path,
    known: unknown,
  ): unknown {
    if (isListType(type)) {
      const length = Math.floor(chance(this.world, words, 'length') * 4);
      return Array.from({ length }, (_, at) => {
        const before = Array.isArray(known) ? known[at] : undefined;
        return this.value(type.ofType, `${words} ${at}`, name, parent, selections, [...path, at], before);
      });
    }
    if (!isCompositeType(type)) return this.leaf(type as GraphQLNamedType, words, name, parent);
    const inherited = this.keys.has(name);
    const number = inherited ? parent.number : 1 + Math.floor(chance(this.world, words, 'number') * 4);
    const object = { typename: this.concrete(type, number), number, inputs: '' };
    const data = (known ?? {}) as Record<string, unknown>;
    this.select(object, selections!, path, data);
    return data;
  }

  private leaf(type: GraphQLNamedType, words: string, name: string, parent: Object_): unknown {
    const value = chance(this.world, words, 'value');
    if (chance(this.world, words, 'lie') * 100 < this.weather.lies) {
      return [true, 'no', 1.5, { a: 1 }, [1], 1e30][Math.floor(value * 6)];
    }
    const whole = Math.floor(value * 5);
    if (this.keys.has(name)) return type.name === 'Int' ? parent.number : `${name}-${parent.number}`;
    if (isEnumType(type)) return type.getValues()[Math.floor(value * type.getValues().length)]?.name;
    switch (type.name) {
      case 'Int':
        return whole - 2;
      case 'Float':
        return value * 1e6 - 5e5;
      case 'Boolean':
        return value < 0.5;
      case 'ID':
        return whole === 0 ? 17 : `id-${whole}`;
      case 'String':
        return ['', 'plain', '积分 "quoted" \\ \n', 'a'.repeat(60), `long ${'é'.repeat(50)} \u2028 "`][whole];
      default:
        return ['text', 12, { deep: [1, null, 'x'] }, false, ['a']][whole];
    }
  }

  private concrete(type: GraphQLNamedType | GraphQLCompositeType, number: number): string {
    if (!isAbstractType(type)) return type.name;
    const types = this.schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort();
    return types[Math.floor(chance(this.world, number, 'type') * types.length)] ?? '';
  }

  private isA(typename: string, wanted: string): boolean {
    const [type, other] = [this.schema.getType(typename), this.schema.getType(wanted)];
    return typename === wanted || (isAbstractType(other) && isObjectType(type) && this.schema.isSubType(other, type));
  }

  private fail(path: Path, words: string): void {
    const codes = ['FORBIDDEN', 'NOT_FOUND', 'SECRET', undefined];
    const code = codes[Math.floor(chance(this.world, words, 'code') * codes.length)];
    this.errors.push({ message: `failed ${words.length}`, path, extensions: code === undefined ? {} : { code } });
  }

  private isOff(
    directive: Parameters<typeof print>[0] & { name: { value: string }; arguments?: readonly { value: object }[] },
  ): boolean {
    const value = this.plain(directive.arguments?.[0]?.value as never);
    return (directive.name.value === 'skip') === value;
  }

  private plain(value: Parameters<typeof valueFromASTUntyped>[0]): unknown {
    return valueFromASTUntyped(value, this.request.variables) ?? null;
  }
}

function keyText(representation: Record<string, unknown>, keys: ReadonlySet<string>): string {
  const key = Object.keys(representation).find((name) => keys.has(name) && representation[name] !== null);
  return key === undefined ? '' : JSON.stringify(representation[key]);
}

/** As JSON with keys in order: not how it is sent counts, but what. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
    .join()}}`;
}
