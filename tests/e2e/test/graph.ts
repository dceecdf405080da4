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
  ROOT,
  startLocalGraph,
  untilSettled,
} from '@atrium/testkit';

export interface StoryGraph extends LocalGraph {
  clients(group: string): Promise<GroupClients>;
  /** Where a subgraph listens, for those who try its door themselves. */
  subgraphUrl(name: ServiceName): string;
  /** Until every consumer has caught up. */
  settled(): Promise<void>;
  end(): Promise<void>;
}

/** The whole graph, as `npm start` runs it, in a folder and on ports of its own. */
export async function startStoryGraph(options: Pick<LocalGraphOptions, 'node' | 'env'> = {}): Promise<StoryGraph> {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
  const dir = mkdtempSync(join(tmpdir(), 'atrium-e2e-'));
  const subgraphs = await freePortRow(SERVICES.length);
  const graph = await startLocalGraph({ dir, group: 'STORY', ports: { subgraphs }, ...options });
  return {
    ...graph,
    subgraphUrl: (name) => `http://127.0.0.1:${subgraphs + SERVICES.indexOf(name)}/graphql`,
    clients: (group) => groupClients(graph.url, group, graph.token),
    settled: () => untilSettled(graph),
    async end() {
      await graph.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
