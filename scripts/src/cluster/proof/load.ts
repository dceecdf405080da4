import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, signCallerToken, type SignToken } from '@atrium/testkit';
import { makeWorld } from '../../load/world';
import { attached } from './attach';
import type { Release } from './release';
import { restrictedPod, until } from './pods';
import { rows } from './rows';

const FOLDER = join(ROOT, 'tests', 'load', 'k6');
/** proof.ts and what may stand beside it: a ConfigMap has no folders. */
const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
const MEMBERS = 300;
const MAKING_SECONDS = 240;
const NAME = 'people';
/** What k6 says of requests that were under way when it was told to end, and for how long before its last word. */
const CUT_OFF = 'NO_ANSWER 1000';
const CUT_OFF_MS = 2_000;

export interface LoadOptions {
  /** What is asked for: `mixed`, or one operation. */
  story?: string;
  seconds: number;
  /** Visits a second. */
  rate?: number;
  /** Or so many people at a time, each as fast as answers come. */
  people?: number;
}

type Line =
  | { at: number; failed: string; code: string }
  | { at: number; kept: 'purchase' | 'coupon'; key: string; id: string }
  | { at: number; begun: 'RecordPurchase' | 'ClaimCoupon'; key: string }
  | { at: number; refused: string; key: string; code: string };
type Values = Record<string, number>;

/** What people wrote down, and what k6 counted. */
export interface Log {
  run: string;
  failures: { at: number; failed: string; code: string }[];
  refusals: { refused: string; key: string; code: string }[];
  kept: { kept: 'purchase' | 'coupon'; key: string; id: string }[];
  /** Keys of what they set out to do: sales, and coupons. */
  begun: Set<string>;
  claims: Set<string>;
  /** The coupon that they claimed, and how many of it there were before they came. */
  open: { templateId: string; before: number };
  requests: number;
  seconds: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Load {
  run: string;
  /** Ends it, and reads what was written down. */
  end(): Promise<Log>;
  /** Waits until it has ended by itself. */
  done(): Promise<Log>;
}

/** Made once; every load has a name of its own in it. */
let made: Awaited<ReturnType<typeof makeWorld>> | undefined;

/** How many of a coupon there are. */
export async function couponsOf(database: string, templateId: string): Promise<number> {
  const sql = 'select count(*)::int as count from coupon where template_id = $1';
  return (await rows<{ count: number }>(database, sql, [templateId]))[0]?.count ?? 0;
}

/**
 * Members, stores and tokens of a group of its own, in a Secret that k6's pod reads; answers the run's name and its coupon. What is
 * recorded for it is recorded once: a load that is started later finds it there.
 */
export async function prepare(release: Release): Promise<Pick<Log, 'run' | 'open'>> {
  const run = `proof-${Date.now().toString(36)}`;
  let open = { templateId: '', before: 0 };
  await until('the world of k6 is made', MAKING_SECONDS, async () => {
    try {
      await attached(release, 'LOAD', async ({ state, keys }) => {
        const sign: SignToken = (subject, claim) => signCallerToken(keys, subject, claim);
        made ??= await makeWorld(state.gatewayUrl, sign, run, { members: MEMBERS, stock: 1000 });
        const { open: templateId } = made.coupons;
        open = { templateId, before: await couponsOf(state.databases.coupon, templateId) };
      });
      return true;
    } catch (error) {
      // Pods that have just become ready on a busy node. It is made by keys: what is there stays.
      if (String(error).includes('UNAVAILABLE')) return false;
      throw error;
    }
  });
  const world = { ...made, run };
  const stringData = { 'world.json': JSON.stringify({ ...world, url: `http://${release.name}-gateway/graphql` }) };
  await release.tryKubectl(['delete', 'secret', NAME, '--ignore-not-found']);
  // Created, not applied: an annotation would not hold it.
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: NAME }, stringData };
  const { ok, text } = await release.tryKubectl(['create', '-f', '-'], JSON.stringify(secret));
  if (!ok) throw new Error(text);
  await release.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME },
    data: Object.fromEntries(SCRIPTS.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')])),
  });
  return { run, open };
}

function k6Pod(image: string, options: LoadOptions) {
  const env = {
    WORLD: '/world/world.json',
    STORY: options.story,
    SECONDS: options.seconds,
    RATE: options.rate,
    PEOPLE: options.people,
  };
  return restrictedPod(NAME, image, {
    labels: { app: NAME },
    // People are not slowed down by a node that is full.
    cpu: '60m',
    command: [
      'k6',
      'run',
      '--quiet',
      '--no-usage-report',
      '--include-system-env-vars',
      '--log-format',
      'raw',
      '--log-output',
      'stdout',
      '/load/proof.ts',
    ],
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ),
    mounts: {
      '/load': { configMap: { name: NAME } },
      '/world': { secret: { secretName: NAME } },
      '/tmp': { emptyDir: {} },
    },
  });
}

/** Starts k6 in a pod of its own: it survives whatever happens to the graph, and comes in by the Service like everybody. */
export async function startLoad(release: Release, image: string, options: LoadOptions): Promise<Load> {
  const { run, open } = await prepare(release);
  await release.tryKubectl(['delete', 'pod', NAME, '--ignore-not-found']);
  await release.apply(k6Pod(image, options));
  const text = () => release.kubectl('logs', NAME);
  const phase = async () => (await release.get<{ status: { phase: string } }>('pod', NAME)).status.phase;
  await until('k6 has begun', 120, async () => {
    const now = await phase();
    if (now === 'Failed' || now === 'Succeeded') throw new Error(`k6 ended at once:\n${await text()}`);
    return now === 'Running' && (await text()).includes('"opened"');
  });
  const done = async () => {
    await until('k6 has ended', options.seconds + 240, async () => ['Succeeded', 'Failed'].includes(await phase()));
    const log = { ...readLog(run, await text()), open };
    await release.kubectl('delete', 'pod', NAME);
    await release.kubectl('delete', 'secret', NAME);
    return log;
  };
  return {
    run,
    done,
    async end() {
      if ((await phase()) !== 'Running')
        throw new Error(`k6 had ended before it was told to:\n${await text()}`.slice(0, 2_000));
      await release.tryKubectl(['exec', NAME, '--', 'sh', '-c', 'kill -INT 1']);
      return done();
    },
  };
}

export function readLog(run: string, text: string): Omit<Log, 'open'> {
  const log: Omit<Log, 'open'> = {
    run,
    failures: [],
    refusals: [],
    kept: [],
    begun: new Set(),
    claims: new Set(),
    requests: 0,
    seconds: 0,
    p95: 0,
    p99: 0,
    max: 0,
  };
  const strange: string[] = [];
  const lines: Line[] = [];
  let figures: Record<string, { values: Values }> | undefined;
  let opened = false;
  for (const row of text.split('\n').filter((one) => one.trim() !== '')) {
    if (!row.startsWith('{')) {
      strange.push(row);
      continue;
    }
    const line = JSON.parse(row) as Line | { opened: string } | { figures: Record<string, { values: Values }> };
    if ('opened' in line) {
      opened = true;
      continue;
    }
    if ('figures' in line) {
      figures = line.figures;
      continue;
    }
    lines.push(line);
    if ('failed' in line) log.failures.push(line);
    else if ('kept' in line) log.kept.push(line);
    else if ('refused' in line) log.refusals.push(line);
    else (line.begun === 'ClaimCoupon' ? log.claims : log.begun).add(line.key);
  }
  if (figures === undefined) throw new Error(`k6 has no figures:\n${strange.slice(-20).join('\n')}`);
  if (!opened)
    throw new Error('the log of k6 has lost its beginning: the cluster keeps too little of it (containerLogMaxSize)');
  if (!((figures['http_reqs']?.values['count'] ?? 0) > 0)) throw new Error('k6 has asked nothing: this proves nothing');
  const duration = figures['http_req_duration']?.values ?? {};
  const requests = figures['http_reqs']?.values ?? {};
  const count = requests['count'] ?? 0;
  const end = lines.at(-1)?.at ?? 0;
  return {
    ...log,
    failures: log.failures.filter(({ at, code }) => code !== CUT_OFF || at < end - CUT_OFF_MS),
    requests: count,
    seconds: count / (requests['rate'] || 1),
    p95: Math.round(duration['p(95)'] ?? 0),
    p99: Math.round(duration['p(99)'] ?? 0),
    max: Math.round(duration['max'] ?? 0),
  };
}

/** Failures by what was said, as "3 x SUBGRAPH_UNAVAILABLE". */
export function tally(failures: readonly { code: string }[]): string {
  const counts = new Map<string, number>();
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} x ${code}`).join(', ') || 'none';
}
