export type Json = Record<string, unknown>;
/** Where objects are in the answer: names of fields, and '@' for every element of a list. */
export type FlatPath = readonly string[];

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Puts a subgraph's data into what is there already. The target may keep parts of the source. */
export function merge(target: Json, source: Json): void {
  for (const key of Object.keys(source)) put(target, key, source[key]);
}

/** The same data into many objects, which may share its parts. */
export function mergeInto(targets: readonly Json[], source: Json): void {
  const keys = Object.keys(source);
  for (const target of targets) for (const key of keys) put(target, key, source[key]);
}

function put(target: Json, key: string, value: unknown): void {
  const known = target[key];
  if (value === undefined || known === value) return;
  if (typeof value !== 'object' || value === null) {
    // JSON may have a key of this name; here it would be somebody else's prototype.
    if (key !== '__proto__') target[key] = value;
  } else if (known === undefined || known === null || !Object.hasOwn(target, key)) {
    if (key !== '__proto__') target[key] = value;
  } else if (!Array.isArray(value)) {
    if (known) merge(known as Json, value as Json);
    else target[key] = value;
  } else if (Array.isArray(known) && known.length === value.length) {
    mergeList(known, value);
  } else {
    target[key] = value;
  }
}

function mergeList(target: unknown[], source: unknown[]): void {
  for (let at = 0; at < source.length; at++) {
    const known = target[at];
    const value = source[at];
    if (isObject(known) && isObject(value)) merge(known, value);
    else target[at] = value;
  }
}

/** The objects at a path, without the nulls on the way. */
export function objectsAt(value: unknown, path: FlatPath): unknown[] {
  let found: unknown[] = value === null || value === undefined ? [] : [value];
  for (const step of path) found = step === '@' ? elementsOf(found) : valuesAt(found, step);
  return found.some(Array.isArray) ? found.flat().filter(isThere) : found;
}

function elementsOf(lists: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const list of lists) {
    if (!Array.isArray(list)) throw new Error('Expected a list');
    for (const element of list) if (isThere(element)) found.push(element);
  }
  return found;
}

function valuesAt(objects: readonly unknown[], key: string): unknown[] {
  const found: unknown[] = [];
  const inherited = key in Object.prototype;
  for (const object of objects) {
    if (Array.isArray(object)) throw new Error('Did not expect a list');
    if (typeof object !== 'object') continue;
    const value = (object as Json)[key];
    if (isThere(value) && (!inherited || Object.hasOwn(object as Json, key))) found.push(value);
  }
  return found;
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

export type Path = (string | number)[];

/** Their places in the client's answer, in the same order. */
export function placesAt(value: unknown, path: FlatPath, found: Path[] = [], from = 0, at: Path = []): Path[] {
  if (value === null || value === undefined) return found;
  if (from === path.length) {
    found.push(at);
    return found;
  }
  const step = path[from] ?? '';
  if (Array.isArray(value)) {
    const next = step === '@' ? from + 1 : from;
    value.forEach((element, index) => placesAt(element, path, found, next, [...at, index]));
  } else if (step !== '@' && Object.hasOwn(value, step)) {
    placesAt((value as Json)[step], path, found, from + 1, [...at, step]);
  }
  return found;
}
