// npm run bench:start: from nothing to the first answer, and what each process needs in memory. One closing line of JSON.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from '@atrium/contracts';
import { graphqlClient, groupClients, startLocalGraph, untilSettled } from '@atrium/testkit';
import { runCommand } from './command';
import { DEMO_GROUP, seedDemo } from './demo/seed';

const NAMES = [...SERVICES, 'gateway'] as const;
const LOAD = 2_000;

/** Resident memory of a process, MB. Linux only: read from /proc. */
const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

runCommand(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'atrium-bench-'));
  const started = performance.now();
  const graph = await startLocalGraph({ dir, group: DEMO_GROUP });
  try {
    await graphqlClient(graph.url).ask('{ viewer { kind } }');
    const startSeconds = (performance.now() - started) / 1000;
    const demo = await seedDemo(graph.url, graph.token);
    await untilSettled({ natsUrl: graph.natsUrl, databases: graph.databases });
    const memory = () => Object.fromEntries(NAMES.map((name) => [name, Math.round(rssMb(graph.process(name).pid))]));
    const idle = memory();
    const member = await (await groupClients(graph.url, DEMO_GROUP, graph.token)).member(demo.member.id);
    const home =
      '{ me { points { available } tier { tier { code } } coupons { edges { node { id } } } purchases { edges { node { id } } } inbox { edges { node { title } } } } }';
    let left = LOAD;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (left-- > 0) await member.ask(home);
      }),
    );
    const loaded = memory();
    console.table(
      Object.fromEntries(
        NAMES.map((name) => [name, { 'idle, MB': idle[name], [`after ${LOAD} member homes, MB`]: loaded[name] }]),
      ),
    );
    console.log(
      JSON.stringify({
        bench: 'start',
        start_s: Math.round(startSeconds * 10) / 10,
        rss_idle_mb_max: Math.max(...Object.values(idle)),
        rss_loaded_mb_max: Math.max(...Object.values(loaded)),
        node: process.version,
      }),
    );
  } finally {
    await graph.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(0);
});
