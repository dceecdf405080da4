// npm run consumers: waits until every consumer has caught up and no fact waits elsewhere, and says how long each took.
import { parseArgs } from 'node:util';
import { readState, UsageError } from '@atrium/platform/operator';
import { databaseUrls } from './check/databases';
import { runCommand } from './command';
import { drainConsumers, type OnTheWay } from './load/drain';

const HELP = `npm run consumers [-- --limit SECONDS] [--json]    waits until they have caught up, 900 s at the most
The running local graph, or the broker of NATS_URL, with the login of NATS_USER and NATS_PASSWORD; CHECK_DATABASE_URLS (JSON, a login for
each service) to see its outboxes and parked events too. Ends with 1 when some have not.`;

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

function whereToLook(): OnTheWay {
  const nats = process.env['NATS_URL'];
  if (nats !== undefined)
    return { nats, databases: process.env['CHECK_DATABASE_URLS'] === undefined ? undefined : databaseUrls() };
  const { natsUrl, natsLogin, databases } = readState();
  return { nats: natsUrl, login: natsLogin, databases };
}

runCommand(async () => {
  const { limit, json } = readOptions();
  const where = whereToLook();
  if (where.databases === undefined)
    console.error('Outboxes and parked events are not looked at: CHECK_DATABASE_URLS is not set.');
  const drained = await drainConsumers(where, limit * 1000);
  const late = drained.filter(({ seconds }) => seconds === null);
  if (late.length > 0) process.exitCode = 1;
  if (json) console.log(JSON.stringify(drained));
  else {
    const behind = drained.filter((row) => row.behind > 0 || row.seconds !== 0);
    if (behind.length > 0) console.table(behind);
    console.log(`${drained.length} looked at, ${late.length} have not caught up.`);
  }
});
