// npm run verify:ledger: checks the hash blocks of the points ledger. Ends with code 1 at the first difference.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/platform/operator';
import { loginOf, openToRead, requireRows } from './check/databases';
import { runCommand } from './command';
import { checkChains } from './verify-ledger/chain';
import { checkProof } from './verify-ledger/proof';

const USAGE = `npm run verify:ledger -- --proof FILE [--published HASH]
  checks the proof of one entry, offline; HASH is the hash (or the root) of its block as it was published
npm run verify:ledger -- --all [--database URL] [--anchor NUMBER:HASH …]
  recomputes every block, the chain and the lots from the points database; anchors are blocks as they were published.
  URL, or that of points in CHECK_DATABASE_URLS, or that of the running local graph`;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      proof: { type: 'string' },
      published: { type: 'string' },
      all: { type: 'boolean' },
      database: { type: 'string' },
      anchor: { type: 'string', multiple: true },
    },
  });
  if ((values.proof === undefined) === (values.all !== true)) throw new UsageError(USAGE);
  if (values.proof !== undefined) {
    const { valid, text } = checkProof(readFileSync(values.proof, 'utf8'), values.published ?? null);
    finish(valid, text);
    return;
  }
  const anchors = new Map(
    (values.anchor ?? []).map((anchor): [string, string] => {
      const [number = '', hash = ''] = anchor.split(':');
      if (!/^\d+$/.test(number) || !/^[0-9a-f]{64}$/.test(hash)) throw new UsageError(USAGE);
      return [number, hash];
    }),
  );
  const db = openToRead(values.database ?? loginOf('points'));
  try {
    await requireRows({ services: ['points'], rows: async (_, sql) => (await db.query(sql)).rows });
    const { blocks, entries, difference } = await checkChains(db, anchors);
    finish(difference === null, difference ?? `${entries} entries in ${blocks} blocks are what they were.`);
  } finally {
    await db.end();
  }
});

function finish(fine: boolean, text: string): void {
  if (fine) console.log(text);
  else console.error(`DIFFERENCE: ${text}`);
  process.exitCode = fine ? 0 : 1;
}
