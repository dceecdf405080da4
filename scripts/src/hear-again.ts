// npm run hear-again: a service hears everything again that the streams hold; what it has applied it skips. See docs/runbooks/restore-one-service.md.
import { parseArgs } from 'node:util';
import { durableName, type ServiceName, SERVICES, siteStream, streamOf, SUBSCRIPTIONS } from '@atrium/contracts';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { UsageError } from '@atrium/platform/operator';
import { runCommand } from './command';
import { openBroker } from './operators/broker';

const HELP = `npm run hear-again -- --service NAME
  --service NAME    whose consumers begin anew: ${SERVICES.join(', ')}
The running local graph, or the broker of NATS_URL, with the login of NATS_USER and NATS_PASSWORD.`;

/** A consumer that is not there will be made anew as well. */
function ifMissing(error: unknown): false {
  if ((error as { code?: number }).code === 10_014 || /consumer not found/i.test(String(error))) return false;
  throw error;
}

const heardBy = (service: ServiceName): [string, string][] =>
  SUBSCRIPTIONS[service].map((event) => [streamOf(event), durableName(service, event)]);

/** Which malls have a recording of their own is not known here: their streams are. */
async function heardOfSites(jsm: JetStreamManager, service: ServiceName): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const stream of jsm.streams.names())
    if (stream.startsWith(siteStream('')))
      for await (const { name } of jsm.consumers.list(stream))
        if (name.startsWith(`${service}-on-`)) found.push([stream, name]);
  return found;
}

runCommand(async () => {
  let given: string | undefined;
  try {
    given = parseArgs({ options: { service: { type: 'string' } } }).values.service;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const service = SERVICES.find((name) => name === given);
  if (!service) throw new UsageError(HELP);
  const nats = await openBroker();
  try {
    const jsm = await jetstreamManager(nats);
    const consumers = [...heardBy(service), ...(await heardOfSites(jsm, service))];
    let begun = 0;
    // The service makes each anew, from the stream's beginning, as soon as it misses it.
    for (const [stream, durable] of consumers)
      if (await jsm.consumers.delete(stream, durable).catch(ifMissing)) begun++;
    console.log(`${begun} of ${consumers.length} consumers of ${service} begin anew.`);
  } finally {
    await nats.close();
  }
});
