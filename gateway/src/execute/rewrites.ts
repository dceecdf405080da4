import type { FetchDataRewrite } from '@apollo/query-planner';
import { type Json } from './merge';
import type { Subtypes } from './subtypes';

const FRAGMENT = '... on ';

/** Changes that a plan asks for in what is sent or received: a `__typename` that another subgraph knows, renamed keys. */
export function rewrite(subtypes: Subtypes, rewrites: readonly FetchDataRewrite[] | undefined, value: unknown): void {
  for (const change of rewrites ?? []) applyAt(subtypes, change, change.path, value);
}

function applyAt(subtypes: Subtypes, change: FetchDataRewrite, path: readonly string[], value: unknown): void {
  if (Array.isArray(value)) {
    for (const element of value) applyAt(subtypes, change, path, element);
    return;
  }
  const [step, ...rest] = path;
  if (typeof value !== 'object' || value === null || step === undefined) return;
  const object = value as Json;
  if (rest.length === 0) {
    applyTo(object, step, change);
  } else if (step.startsWith(FRAGMENT)) {
    const typename = object['__typename'];
    if (!typename || isOfType(subtypes, typename, step.slice(FRAGMENT.length))) applyAt(subtypes, change, rest, object);
  } else if (Object.hasOwn(object, step)) {
    applyAt(subtypes, change, rest, object[step]);
  }
}

function applyTo(object: Json, key: string, change: FetchDataRewrite): void {
  if (change.kind === 'ValueSetter') {
    object[key] = change.setValueTo;
    return;
  }
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  // Falsy values keep their key: the plan's author does the same.
  if (!value) return;
  object[change.renameKeyTo] = value;
  object[key] = undefined;
}

export function isOfType(subtypes: Subtypes, typename: unknown, wanted: string): boolean {
  return typename === wanted || (typeof typename === 'string' && subtypes.isSubtype(typename, wanted));
}
