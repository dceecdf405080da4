export type Json = Record<string, unknown>;
/** Where objects are in the answer: names of fields, and '@' for every element of a list. */
export type FlatPath = readonly string[];

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Puts a subgraph's data into what is there already. The target may keep parts of the source. */
export function merge(target: Json, source: Json): void {
  for (const key of Object.keys(source)) {
    const value = source[key];
    // JSON may have a key of this name; here it would be somebody else's prototype.
    if (value === undefined || key === '__proto__') continue;
    const known = Object.hasOwn(target, key) ? target[key] : undefined;
    if (known === value) continue;
    if (known && isObject(value)) merge(known as Json, value);
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) mergeList(known, value);
    else target[key] = value;
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
export function objectsAt(value: unknown, path: FlatPath, found: unknown[] = [], from = 0): unknown[] {
  if (value === null || value === undefined) return found;
  if (from === path.length) {
    if (!Array.isArray(value)) found.push(value);
    else for (const element of value) if (element !== null && element !== undefined) found.push(element);
    return found;
  }
  const step = path[from] ?? '';
  if (step === '@') {
    if (!Array.isArray(value)) throw new Error('Expected a list');
    for (const element of value) objectsAt(element, path, found, from + 1);
    return found;
  }
  if (Array.isArray(value)) throw new Error('Did not expect a list');
  return Object.hasOwn(value, step) ? objectsAt((value as Json)[step], path, found, from + 1) : found;
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
