import type { FetchDataRewrite, FetchNode } from '@apollo/query-planner';
import { isOfType, rewrite } from './rewrites';
import { type Json, merge } from './merge';
import type { Subtypes } from './subtypes';
import { json, read } from './text';

type Selection = NonNullable<FetchNode['requires']>[number];
type FieldSelection = Extract<Selection, { kind: 'Field' }>;

/** What identifies an entity to the next subgraph, as JSON: the text of a request, and what makes two entities one. */
export type Represent = (entity: unknown) => string | undefined;
/** The same in short: its key's only value, when it is a text or a number. undefined: look at the representation. */
export type Identify = (entity: unknown) => string | number | undefined;

export function compileRepresent(
  requires: readonly Selection[],
  rewrites: readonly FetchDataRewrite[] | undefined,
  subtypes: Subtypes,
): Represent {
  return rewrites === undefined || rewrites.length === 0
    ? (compileSimple(requires, subtypes) ?? general(requires, rewrites, subtypes))
    : general(requires, rewrites, subtypes);
}

/** For entities of one type with a key of one field, which nearly all have. */
export function compileIdentify(
  requires: readonly Selection[],
  rewrites: readonly FetchDataRewrite[] | undefined,
  subtypes: Subtypes,
): Identify | undefined {
  const [fragment, ...others] = requires;
  if (fragment?.kind !== 'InlineFragment' || fragment.typeCondition === undefined) return undefined;
  if (others.length > 0 || subtypes.isAbstract(fragment.typeCondition) || rewrites?.length) return undefined;
  const fields = fragment.selections.filter((field) => field.kind === 'Field');
  const [key, ...more] = fields.filter((field) => keyOf(field) !== '__typename');
  if (key === undefined || more.length > 0 || fields.length !== 2 || fragment.selections.length !== 2) return undefined;
  if (key.selections !== undefined) return undefined;
  const code = `"use strict";return function(o){if(o.__typename!==${JSON.stringify(fragment.typeCondition)})return undefined;
const v=${read('o', keyOf(key))};return typeof v==='string'||typeof v==='number'?v:undefined;};`;
  return new Function(code)() as Identify;
}

function general(
  requires: readonly Selection[],
  rewrites: readonly FetchDataRewrite[] | undefined,
  subtypes: Subtypes,
): Represent {
  return (entity) => {
    const representation = select(subtypes, entity, requires);
    if (representation === null || !representation['__typename']) return undefined;
    rewrite(subtypes, rewrites, representation);
    return JSON.stringify(representation);
  };
}

/** null when something that is needed is not there. */
function select(subtypes: Subtypes, source: unknown, selections: readonly Selection[]): Json | null {
  if (source === null || source === undefined) return null;
  const object = source as Json;
  const result: Json = {};
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (selection.typeCondition === undefined) continue;
      const typename = object['__typename'];
      if (!typename || !isOfType(subtypes, typename, selection.typeCondition)) continue;
      const part = select(subtypes, object, selection.selections);
      if (part !== null) merge(result, part);
      continue;
    }
    const key = keyOf(selection);
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    if (value === undefined) return null;
    const { selections: inner } = selection;
    if (inner === undefined) result[key] = value;
    else if (Array.isArray(value)) result[key] = value.map((element) => select(subtypes, element, inner));
    else result[key] = select(subtypes, value, inner);
  }
  return result;
}

/** Nearly all: fields of object types, one fragment for each. Made into code; undefined when there is more to it. */
function compileSimple(requires: readonly Selection[], subtypes: Subtypes): Represent | undefined {
  const functions: string[] = [];
  const cases: string[] = [];
  const types = new Set<string>();
  for (const selection of requires) {
    if (selection.kind !== 'InlineFragment' || selection.typeCondition === undefined) return undefined;
    if (types.has(selection.typeCondition) || subtypes.isAbstract(selection.typeCondition)) return undefined;
    types.add(selection.typeCondition);
    const typename = selection.selections.find((field) => field.kind === 'Field' && keyOf(field) === '__typename');
    const write = fields(selection.selections, functions);
    if (write === undefined || typename === undefined) return undefined;
    cases.push(`case ${JSON.stringify(selection.typeCondition)}:return ${write}(o);`);
  }
  const code = `"use strict";${functions.join('\n')}
return function(o){if(o===null||o===undefined)return undefined;switch(o.__typename){${cases.join('')}}return undefined;};`;
  return new Function('json', code)(json) as Represent;
}

function fields(selections: readonly Selection[], functions: string[]): string | undefined {
  const keys = new Set<string>();
  const lines: string[] = [];
  for (const field of selections) {
    if (field.kind !== 'Field' || keys.has(keyOf(field))) return undefined;
    const key = keyOf(field);
    keys.add(key);
    const lead = JSON.stringify(`${lines.length === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    const value = `v=${read('o', key)};if(v===undefined)return undefined;`;
    if (field.selections === undefined) {
      lines.push(`${value}s+=${lead}+json(v);`);
      continue;
    }
    const inner = fields(field.selections, functions);
    if (inner === undefined) return undefined;
    const each = (name: string) => `(${name}===null?'null':${inner}(${name})??'null')`;
    lines.push(`${value}s+=${lead}+(Array.isArray(v)?'['+v.map((e)=>${each('e')}).join(',')+']':${each('v')});`);
  }
  const name = `f${functions.length}`;
  functions.push(`function ${name}(o){let s='',v;${lines.join('')}return s+'}';}`);
  return name;
}

function keyOf({ alias, name }: FieldSelection): string {
  return alias ?? name;
}
