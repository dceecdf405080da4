const SHORT = 48;
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** A string as JSON. Nearly none needs escapes, and looking is faster than asking JSON.stringify. */
export function quote(text: string): string {
  if (text.length > SHORT) return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff)) return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** Any value of a subgraph's answer as JSON. */
export function json(value: unknown): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}

/** An Int or a numeric ID: written without an exponent. */
export function isWhole(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < 1e21;
}

/** Code that reads an object's own property; names of Object.prototype need a look. */
export function read(object: string, key: string): string {
  const name = JSON.stringify(key);
  return key in Object.prototype
    ? `(Object.hasOwn(${object},${name})?${object}[${name}]:undefined)`
    : `${object}[${name}]`;
}

/** Those of the client's variables that a request uses, as the inside of a JSON object. */
export function variablesText(names: readonly string[], variables: Record<string, unknown>): string {
  let text = '';
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${json(value)}`;
  }
  return text;
}
