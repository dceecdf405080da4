// npm run republish: publishes facts again for a broker that has lost them. Consumers skip what they have. See docs/runbooks/lost-stream.md.
import { parseArgs } from 'node:util';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { openDatabase, republish } from '@atrium/platform';
import { UsageError } from '@atrium/platform/operator';
import { databaseUrls, loginOf } from './check/databases';
import { runCommand } from './command';
import { instant } from './operators/instant';

const HELP = `npm run republish -- --service NAME|all --from ISO [--to ISO]
  --service NAME    whose facts: ${SERVICES.join(', ')}, or all that there is a login for
  --from ISO        first instant of publication, like 2026-03-01T08:00:00Z
  --to ISO          before this instant (until now)
The running local graph, or another: CHECK_DATABASE_URLS, a JSON object of logins by service.`;

/** `services` is undefined for all. */
function readOptions(): { services: readonly ServiceName[] | undefined; from: Date; to?: Date } {
  let values;
  try {
    values = parseArgs({
      options: { service: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  if (!values.service || !values.from) throw new UsageError(HELP);
  const services = values.service === 'all' ? undefined : SERVICES.filter((name) => name === values.service);
  if (services?.length === 0)
    throw new UsageError(`--service ${values.service} is none of ${SERVICES.join(', ')}, all`);
  const from = instant(values.from, 'from');
  if (values.to === undefined) return { services, from };
  const to = instant(values.to, 'to');
  if (to <= from) throw new UsageError('--to must be after --from');
  return { services, from, to };
}

runCommand(async () => {
  const { services: named, ...range } = readOptions();
  const urls = databaseUrls();
  const services = named ?? SERVICES.filter((name) => urls[name] !== undefined);
  const table: { service: string; 'facts to publish again': number }[] = [];
  for (const service of services) {
    const db = await openDatabase({ url: loginOf(service, urls), poolSize: 1, name: 'republish' });
    try {
      table.push({ service, 'facts to publish again': await republish(db, range) });
    } finally {
      await db.close();
    }
  }
  console.table(table);
  const without = SERVICES.filter((name) => urls[name] === undefined);
  if (named === undefined && without.length > 0) console.log(`No login for ${without.join(', ')}: left out.`);
  console.log('The services publish them now; consumers skip what they have applied.');
});
