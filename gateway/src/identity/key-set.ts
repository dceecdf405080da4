import { accessSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** A key that was taken out of the set is not trusted any longer than this. */
const FRESH_MS = 5 * 60_000;
/** Tokens with unknown keys cost one look at the set in this time, whoever sends however many of them. */
const COOL_DOWN_MS = 10_000;
const FETCH_MS = 3_000;

type Options = {
  /** URL or path of the set. */
  source: string;
  now: () => number;
  /** The set could not be read, and the one before is used. */
  onStale?: (error: unknown) => void;
};

/**
 * The keys of the callers' issuer. A key that nobody has seen yet is looked for at once, so that issuers can change keys
 * whenever they like; keys that stay in the set stay good. An issuer that is away changes nothing for the keys it had.
 */
export function createKeySet({ source, now, onStale = () => undefined }: Options): JWTVerifyGetKey {
  // A path that is wrong is a mistake of the configuration, and told at the start.
  if (!isUrl(source)) accessSync(source);
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let triedAt = -Infinity;
  let freshUntil = -Infinity;
  let reading: Promise<void> | undefined;

  const read = (): Promise<void> => {
    triedAt = now();
    reading ??= readSet(source)
      .then((set) => {
        keys = createLocalJWKSet(set);
        freshUntil = now() + FRESH_MS;
      })
      .finally(() => (reading = undefined));
    return reading;
  };
  const mayRead = () => reading !== undefined || now() - triedAt >= COOL_DOWN_MS;

  return async (header, token) => {
    if (keys === undefined) await read();
    else if (now() >= freshUntil && mayRead()) await read().catch(onStale);
    if (keys === undefined) throw new Error('There are no keys');
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayRead()) throw error;
      await read().catch(onStale);
      return keys(header, token);
    }
  };
}

const isUrl = (source: string) => /^https?:\/\//.test(source);

async function readSet(source: string): Promise<JSONWebKeySet> {
  if (!isUrl(source)) return JSON.parse(await readFile(source, 'utf8'));
  const response = await fetch(source, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`The key server answered with status ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}
