import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import {
  freePortRow,
  groupClients,
  type GroupClients,
  type LocalGraph,
  type LocalGraphOptions,
  readKeys,
  readState,
  ROOT,
  signCallerToken,
  startLocalGraph,
  untilSettled,
} from '@atrium/testkit';

const GROUP = 'STORY';

/** What the story itself needs of a graph, wherever it runs. */
export interface ToldGraph {
  /** Code of the group that it is told in. */
  group: string;
  clients(group: string): Promise<GroupClients>;
  /** Until every consumer has caught up. */
  settled(): Promise<void>;
  end(): Promise<void>;
}

export interface StoryGraph extends LocalGraph, ToldGraph {
  /** Where a subgraph listens, for those who try its door themselves. */
  subgraphUrl(name: ServiceName): string;
}

/** The graph whose state and keys are in this folder, as a cluster's are for `npm run test:cluster`; it stays as it is. */
export function attachedGraph(dir: string): ToldGraph {
  const state = readState(dir);
  const keys = readKeys(dir);
  return {
    group: state.group,
    clients: (group) =>
      groupClients(state.gatewayUrl, group, (subject, claim) => signCallerToken(keys, subject, claim)),
    settled: () => untilSettled(state),
    end: () => Promise.resolve(),
  };
}

/** No test is about these, and on a slow machine, too, an answer comes before one of them is over. */
const PATIENCE = Object.fromEntries(
  [
    ...['REQUEST_TIMEOUT_MS', 'SUBGRAPH_TIMEOUT_MS', 'PLANNING_TIMEOUT_MS'],
    ...['QUEUE_WAIT_MS', 'DATABASE_WAIT_MS'],
  ].map((name) => [name, '60000']),
);

/** The whole graph, as `npm start` runs it, in a folder and on ports of its own. */
export async function startStoryGraph(
  options: Pick<LocalGraphOptions, 'node' | 'env' | 'natsUrl'> = {},
): Promise<StoryGraph> {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
  const dir = mkdtempSync(join(tmpdir(), 'atrium-e2e-'));
  const subgraphs = await freePortRow(SERVICES.length);
  const env = { ...PATIENCE, ...options.env };
  const graph = await startLocalGraph({ dir, group: GROUP, ports: { subgraphs }, ...options, env });
  return {
    ...graph,
    group: GROUP,
    subgraphUrl: (name) => `http://127.0.0.1:${subgraphs + SERVICES.indexOf(name)}/graphql`,
    clients: (group) => groupClients(graph.url, group, graph.token),
    settled: () => untilSettled(graph),
    async end() {
      await graph.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
