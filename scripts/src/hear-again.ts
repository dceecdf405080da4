// npm run hear-again: a service hears everything again that the streams hold; what it has applied it skips. See docs/runbooks/restore-one-service.md.
import { parseArgs } from 'node:util';
import { durableName, SERVICES, streamOf, SUBSCRIPTIONS } from '@atrium/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
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
    let begun = 0;
    for (const event of SUBSCRIPTIONS[service]) {
      const [stream, durable] = [streamOf(event), durableName(service, event)];
      // The service makes it anew, from the stream's beginning, as soon as it misses it.
      if (await jsm.consumers.delete(stream, durable).catch(ifMissing)) begun++;
    }
    console.log(`${begun} of ${SUBSCRIPTIONS[service].length} consumers of ${service} begin anew.`);
  } finally {
    await nats.close();
  }
});
