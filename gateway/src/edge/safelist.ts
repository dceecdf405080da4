import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Documents that were reviewed: texts by the sha256 of each, and the names of their operations. */
export type Safelist = { readonly texts: ReadonlyMap<string, string>; readonly names: readonly string[] };

export const NOTHING_LISTED: Safelist = { texts: new Map(), names: [] };

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), name: z.string(), body: z.string() })),
});

/** The manifest's text as it is at the start; undefined: there is none. */
export function readManifest(mode: 'off' | 'audit' | 'enforce', path: string | undefined): string | undefined {
  if (path !== undefined) return readFileSync(path, 'utf8');
  if (mode !== 'off') throw new Error(`SAFELIST=${mode} needs SAFELIST_PATH`);
  return undefined;
}

/** What clients build from their documents. Throws when it is not what it says. */
export function parseManifest(text: string): Safelist {
  const { operations } = manifest.parse(JSON.parse(text));
  for (const { id, name, body } of operations) {
    const hash = createHash('sha256').update(body).digest('hex');
    if (hash !== id) throw new Error(`The id of ${name} is not the sha256 of its body`);
  }
  return { texts: new Map(operations.map(({ id, body }) => [id, body])), names: operations.map(({ name }) => name) };
}
