/**
 * JSON that keeps bigint and Date, and orders keys, so that equal values have equal text. `$` begins our own marks: a key of
 * the value that begins with it gets one more.
 */
export function encodeJson(value: unknown): string {
  return encode(value) ?? 'null';
}

export function decodeJson(text: string): unknown {
  return untag(JSON.parse(text));
}

/** Undefined for what JSON leaves out. */
function encode(value: unknown): string | undefined {
  if (typeof value === 'bigint') return `{"$n":"${value}"}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Date) return `{"$d":"${value.toISOString()}"}`;
  if (Array.isArray(value)) return `[${value.map((item) => encode(item) ?? 'null').join(',')}]`;
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const item = encode((value as Record<string, unknown>)[name]);
    if (item === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name.startsWith('$') ? `$${name}` : name)}:${item}`;
  }
  return `{${text}}`;
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
