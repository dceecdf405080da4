/**
 * JSON that keeps bigint and Date, and orders keys, so that equal values have equal text. `$` begins our own marks: a key of
 * the value that begins with it gets one more.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(tag(value));
}

export function decodeJson(text: string): unknown {
  return untag(JSON.parse(text));
}

function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $n: value.toString() };
  if (value instanceof Date) return { $d: value.toISOString() };
  if (Array.isArray(value)) return value.map(tag);
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k.startsWith('$') ? `$${k}` : k, tag(v)]),
    );
  }
  return value;
}

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (value && typeof value === 'object') {
    const tagged = value as { $n?: string; $d?: string };
    if (typeof tagged.$n === 'string') return BigInt(tagged.$n);
    if (typeof tagged.$d === 'string') return new Date(tagged.$d);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k.startsWith('$$') ? k.slice(1) : k, untag(v)]));
  }
  return value;
}
