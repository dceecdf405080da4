import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Field, Shape, Source } from './shape';
import { isWhole, json, quote, read } from './text';
import { BrokenAnswer, Uncompilable } from './uncompilable';

/** `broken`: somewhere in it is a null that a subgraph had promised not to send, or a value of another type. */
export type Written = { text: string; broken: boolean };
export type Writer = (data: object) => Written;

/** undefined: null goes to the object above. */
type WriteObject = (object: Record<string, unknown>) => string | undefined;

const MOST_FUNCTIONS = 3000;
const EMPTY = Object.freeze({});

/**
 * Writes the client's answer from merged data: aliases, fragments, abstract types, null propagation. It is JavaScript made
 * for one operation, so that each property is read where the engine knows its place. Names in it are GraphQL names.
 */
export function compileWriter(shape: Shape): Writer {
  const runtime = new Runtime(shape);
  const write = new Program(runtime).build([shape.root], undefined);
  return (data) => {
    runtime.broken = false;
    const text = write(data as Record<string, unknown>) ?? 'null';
    return { text, broken: runtime.broken };
  };
}

/** What the made functions share. Writing is synchronous, so one flag is enough. */
class Runtime {
  broken = false;
  readonly objects = new Set<unknown>();
  private readonly nodes: Source[][] = [];
  private readonly late = new Map<string, WriteObject>();

  constructor(readonly shape: Shape) {
    for (const type of Object.values(shape.schema.getTypeMap())) if (isObjectType(type)) this.objects.add(type.name);
  }

  node(sources: Source[]): number {
    return this.nodes.push(sources) - 1;
  }

  /** An object whose `__typename` was not expected here: compiled when it comes for the first time. */
  other(node: number, object: Record<string, unknown>, typename: unknown): string | undefined {
    if (typeof typename !== 'string') throw new BrokenAnswer('__typename is no text');
    const key = `${node} ${typename}`;
    let write = this.late.get(key);
    if (write === undefined) {
      const type = typename === '' ? undefined : this.shape.schema.getType(typename);
      if (typename !== '' && (type === undefined || !isCompositeType(type))) {
        this.broken = true;
        return undefined;
      }
      write = new Program(this).build(this.nodes[node] ?? [], type as GraphQLCompositeType | undefined);
      this.late.set(key, write);
    }
    return write(object);
  }

  /** `__typename` when the data has none that is an object's. */
  typename(value: unknown, parent: unknown): unknown {
    if (typeof value === 'string' && this.shape.schema.getType(value) !== undefined) return undefined;
    return this.objects.has(parent) ? parent : undefined;
  }

  fail(): never {
    throw new BrokenAnswer('Not the kind of value that was promised');
  }

  bad(): string {
    this.broken = true;
    return 'null';
  }
}

class Program {
  private readonly functions: string[] = [];
  private readonly known = new Map<string, string>();
  private readonly ids = new Map<object, number>();
  private readonly sets: ReadonlySet<string>[] = [];

  constructor(private readonly runtime: Runtime) {}

  build(sources: Source[], type: GraphQLCompositeType | undefined): WriteObject {
    const entry = type === undefined ? this.dispatch(sources) : this.object(sources, type);
    const code = `"use strict";${this.functions.join('\n')}\nreturn ${entry};`;
    return new Function('r', 'objects', 'sets', 'EMPTY', 'quote', 'json', 'isWhole', code)(
      this.runtime,
      this.runtime.objects,
      this.sets,
      EMPTY,
      quote,
      json,
      isWhole,
    ) as WriteObject;
  }

  /** A function that looks at `__typename` and calls the one for it. */
  private dispatch(sources: Source[]): string {
    return this.once(`dispatch ${this.idOf(sources)}`, (name) => {
      const types = new Set<GraphQLCompositeType>();
      for (const { parent } of sources) {
        for (const type of isAbstractType(parent) ? this.runtime.shape.schema.getPossibleTypes(parent) : [parent]) {
          types.add(type);
        }
      }
      const cases = new Map<string, string[]>();
      for (const type of types) {
        const write = this.object(sources, type);
        cases.set(write, [...(cases.get(write) ?? []), type.name]);
      }
      const branches = [...cases].map(
        ([write, names]) => `${names.map((type) => `case ${JSON.stringify(type)}:`).join('')}return ${write}(o);`,
      );
      const node = this.runtime.node(sources);
      return `function ${name}(o){switch(o.__typename){case undefined:return ${this.object(sources, undefined)}(o);${branches.join('')}}return r.other(${node},o,o.__typename);}`;
    });
  }

  /** A function for objects of one type; types that select the same share it. */
  private object(sources: Source[], type: GraphQLCompositeType | undefined): string {
    const fields = this.runtime.shape.fieldsOf(sources, type);
    const key = fields.map((field) => this.keyOf(field)).join(' ');
    return this.once(`object ${key}`, (name) => {
      const lines = fields.map((field, at) => {
        const lead = `${at === 0 ? '{' : ','}${JSON.stringify(field.key)}:`;
        return field.kind === 'typename' ? typename(field, lead) : this.field(field, lead);
      });
      return `function ${name}(o){let s='',t,v;${lines.join('')}return s+${fields.length === 0 ? "'{}'" : "'}'"};}`;
    });
  }

  private field(field: Field & { kind: 'field' }, lead: string): string {
    return `v=${read('o', field.key)};${this.value(field.type, field.sources, lead, 'return undefined;')}`;
  }

  /** Statements that append `lead` and the value in `v` to `s`, or do `bubble` when there must not be a null. */
  private value(type: GraphQLOutputType, sources: Source[], lead: string, bubble: string): string {
    const start = JSON.stringify(lead);
    if (isNonNullType(type)) {
      const absent = `if(v===null||v===undefined){r.broken=true;${bubble}}`;
      const made = this.made(type.ofType, sources);
      if (made !== undefined) return `${absent}t=${made};if(t===undefined){${bubble}}s+=${start}+t;`;
      const { test, text } = this.leaf(getNamedType(type));
      return `if(v===null||v===undefined||!(${test})){r.broken=true;${bubble}}s+=${start}+${text};`;
    }
    const made = this.made(type, sources);
    if (made !== undefined) {
      return `if(v===null||v===undefined)s+=${JSON.stringify(`${lead}null`)};else{t=${made};s+=${start}+(t===undefined?'null':t);}`;
    }
    const { test, text } = this.leaf(getNamedType(type));
    return `s+=${start}+(v===null||v===undefined?'null':(${test})?${text}:r.bad());`;
  }

  /** A call that makes the text of a list or an object; undefined for leaves. */
  private made(type: GraphQLOutputType, sources: Source[]): string | undefined {
    if (isListType(type)) return `${this.list(type.ofType, sources)}(v)`;
    if (!isCompositeType(type)) return undefined;
    return `${this.dispatch(sources)}(typeof v!=='object'?r.fail():Array.isArray(v)?EMPTY:v)`;
  }

  private list(type: GraphQLOutputType, sources: Source[]): string {
    return this.once(`list ${String(type)} ${this.idOf(sources)}`, (name) => {
      // The rest is looked at too when one element is wrong: there may be worse.
      const element = this.value(type, sources, '', '{bad=true;continue;}');
      return `function ${name}(a){if(!Array.isArray(a))r.fail();let s='[',bad=false,t,v;for(let i=0;i<a.length;i++){if(i>0)s+=',';v=a[i];${element}}return bad?undefined:s+']';}`;
    });
  }

  private leaf(type: GraphQLNamedType): { test: string; text: string } {
    if (isEnumType(type)) {
      const at = this.sets.push(new Set(type.getValues().map(({ name }) => name))) - 1;
      return { test: `sets[${at}].has(v)`, text: `'"'+v+'"'` };
    }
    switch (type.name) {
      case 'String':
        return { test: `typeof v==='string'`, text: 'quote(v)' };
      case 'ID':
        return { test: `typeof v==='string'||isWhole(v)`, text: `(typeof v==='string'?quote(v):''+v)` };
      case 'Int':
        return { test: 'isWhole(v)', text: `(''+v)` };
      case 'Float':
        return { test: 'Number.isFinite(v)', text: `(''+v)` };
      case 'Boolean':
        return { test: 'v===true||v===false', text: `(''+v)` };
      default:
        return { test: 'true', text: 'json(v)' };
    }
  }

  private once(key: string, make: (name: string) => string): string {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_FUNCTIONS) throw new Uncompilable('size');
    const name = `f${this.known.size}`;
    this.known.set(key, name);
    this.functions.push(make(name));
    return name;
  }

  private keyOf(field: Field): string {
    if (field.kind === 'typename') return `${field.key}#${field.parent?.name ?? ''}`;
    return `${field.key}:${String(field.type)}:${this.idOf(field.sources)}`;
  }

  private idOf(sources: readonly Source[]): string {
    return sources
      .map(({ selections, parent }) => {
        const id = this.ids.get(selections) ?? this.ids.size;
        this.ids.set(selections, id);
        return `${id}@${parent.name}`;
      })
      .join('+');
  }
}

function typename(field: Field & { kind: 'typename' }, lead: string): string {
  const parent = field.parent === undefined ? 'o.__typename' : JSON.stringify(field.parent.name);
  return `v=${read('o', field.key)};if(v===null||v===undefined)v=o.__typename;if(!objects.has(v)){v=r.typename(v,${parent});if(v===undefined)return undefined;}s+=${JSON.stringify(lead)}+'"'+v+'"';`;
}
