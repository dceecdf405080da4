// npm run verify:ledger: checks the hash blocks of the points ledger. Ends with code 1 at the first difference.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { readState, UsageError } from '@atrium/platform/operator';
import { runCommand } from './command';
import { checkChains } from './verify-ledger/chain';
import { checkProof } from './verify-ledger/proof';

const USAGE = `npm run verify:ledger -- --proof FILE [--published HASH]
  checks the proof of one entry, offline; HASH is the hash (or the root) of its block as it was published
npm run verify:ledger -- --all [--database URL] [--anchor NUMBER:HASH …]
  recomputes every block, the chain and the lots from the points database; anchors are blocks as they were published`;

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
  const db = new Pool({
    connectionString: values.database ?? readState().databases.points,
    max: 1,
    options: '-c default_transaction_read_only=on',
  });
  try {
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
