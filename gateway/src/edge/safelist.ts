import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Texts by the sha256 of each. */
export type Safelist = ReadonlyMap<string, string>;

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), name: z.string(), body: z.string() })),
});

/** Reads the manifest that clients build from their documents. Throws when it is not what it says. */
export function readSafelist(mode: 'off' | 'audit' | 'enforce', path: string | undefined): Safelist {
  if (path === undefined) {
    if (mode !== 'off') throw new Error(`SAFELIST=${mode} needs SAFELIST_PATH`);
    return new Map();
  }
  const { operations } = manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  for (const { id, name, body } of operations) {
    const hash = createHash('sha256').update(body).digest('hex');
    if (hash !== id) throw new Error(`${path}: the id of ${name} is not the sha256 of its body`);
  }
  return new Map(operations.map(({ id, body }) => [id, body]));
}
