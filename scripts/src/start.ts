// npm start: the whole graph on this machine, with a demo of two malls. See docs/how-to/run-locally.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEMO_GROUP, demoTokens, seedDemo } from './demo/seed';
import { DEFAULT_DIR, startLocalGraph, UsageError } from '@atrium/testkit';
import { runCommand } from './command';

const HELP = `npm start -- [options]
  --fresh                forget what earlier starts kept (databases, streams, keys)
  --port N               of the gateway (4000)
  --subgraph-port N      of the first of six subgraphs (4101)
  --postgres-port N      (15432)      --nats-port N  (14222)
  --no-demo              start empty
DATABASE_URL (a superuser login) and NATS_URL use servers that already run.`;

function readOptions() {
  try {
    return parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        port: { type: 'string', default: '4000' },
        'subgraph-port': { type: 'string', default: '4101' },
        'postgres-port': { type: 'string', default: '15432' },
        'nats-port': { type: 'string', default: '14222' },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}

function port(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_529)
    throw new UsageError(`--${option} must be a port number, not ${text}`);
  return value;
}

runCommand(async () => {
  const started = Date.now();
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return;
  }
  const report = (step: string) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${step}`);
  const examples = join(DEFAULT_DIR, 'examples.json');

  let asked = false;
  let graph: Awaited<ReturnType<typeof startLocalGraph>> | null = null;
  const end = () => {
    if (asked) return;
    asked = true;
    if (!graph) process.exit(130);
    console.log('\nStopping …');
    graph.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);

  graph = await startLocalGraph({
    dir: DEFAULT_DIR,
    fresh: options.fresh,
    ports: {
      gateway: port(options.port, 'port'),
      subgraphs: port(options['subgraph-port'], 'subgraph-port'),
      postgres: port(options['postgres-port'], 'postgres-port'),
      nats: port(options['nats-port'], 'nats-port'),
    },
    databaseUrl: process.env['DATABASE_URL'],
    natsUrl: process.env['NATS_URL'],
    group: DEMO_GROUP,
    report,
    supervise: true,
    graphiqlExamples: examples,
  });
  try {
    const { url, token } = graph;
    if (options['no-demo']) {
      report('ready');
      console.log(`\n  ${url.replace('/graphql', '/')}\n`);
      return;
    }
    report('demo: two malls, four merchants, rules, a member with a sale');
    const demo = await seedDemo(url, token);
    const tokens = await demoTokens(demo, token);
    writeFileSync(examples, JSON.stringify(tokens.examples, null, 2), { mode: 0o600 });
    report('ready');
    console.log(tokens.summary(url));
  } catch (error) {
    // Ctrl-C takes the graph away under the demo; that is no failure.
    if (asked) return;
    asked = true;
    await graph.stop();
    throw error;
  }
});
