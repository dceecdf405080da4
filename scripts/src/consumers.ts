// npm run consumers: waits until every consumer has caught up, and says how long each took.
import { parseArgs } from 'node:util';
import { readState, UsageError } from '@atrium/platform/operator';
import { runCommand } from './command';
import { drainConsumers } from './load/drain';

const HELP = `npm run consumers [-- --limit SECONDS] [--json]    waits until they have caught up, 900 s at the most
The running local graph, or the broker of NATS_URL, with the login of NATS_USER and NATS_PASSWORD. Ends with 1 when some have not.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { limit: { type: 'string', default: '900' }, json: { type: 'boolean', default: false } },
    });
    const limit = Number(values.limit);
    if (!(limit >= 0)) throw new UsageError(HELP);
    return { limit, json: values.json };
  } catch {
    throw new UsageError(HELP);
  }
}

runCommand(async () => {
  const { limit, json } = readOptions();
  const drained = await drainConsumers(process.env['NATS_URL'] ?? readState().natsUrl, limit * 1000);
  const late = drained.filter(({ seconds }) => seconds === null);
  if (late.length > 0) process.exitCode = 1;
  if (json) console.log(JSON.stringify(drained));
  else {
    const behind = drained.filter((row) => row.behind > 0 || row.seconds !== 0);
    if (behind.length > 0) console.table(behind);
    console.log(`${drained.length} consumers, ${late.length} have not caught up.`);
  }
});
