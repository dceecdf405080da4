const MOST = 20;

type Answer = { errors?: { path?: unknown; extensions?: { code?: unknown } }[]; data?: unknown };

/**
 * Where two answers differ and how, without what they say: values may be personal. Errors may come in any order, as
 * subgraphs do.
 */
export function differencesOf(expected: Answer, actual: Answer): string[] {
  const found: string[] = [];
  compare(expected.data, actual.data, 'data', found);
  compare(errorsOf(expected), errorsOf(actual), 'errors', found);
  return found;
}

function errorsOf({ errors }: Answer): string[] {
  return (errors ?? []).map(({ path, extensions }) => `${String(extensions?.code)} ${JSON.stringify(path)}`).sort();
}

function compare(expected: unknown, actual: unknown, path: string, found: string[]): void {
  if (found.length >= MOST || Object.is(expected, actual)) return;
  const [kind, other] = [kindOf(expected), kindOf(actual)];
  if (kind !== other) {
    found.push(`${path}: ${kind}, ${other}`);
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) found.push(`${path}: lists of ${expected.length}, ${actual.length}`);
    else expected.forEach((element, at) => compare(element, actual[at], `${path}.${at}`, found));
  } else if (kind === 'object') {
    const [left, right] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      compare(left[key], right[key], `${path}.${key}`, found);
    }
  } else {
    found.push(`${path}: other ${kind}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
