// npm run audit:federation -- --source DIR: the federation gateway audit of the GraphQL Hive team against the gateway's process, once with
// Apollo's executor and once with ours. DIR is a checkout of github.com/graphql-hive/federation-gateway-audit with its packages installed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, isDeepStrictEqual } from 'node:util';
import { eventually, freePort, ROOT, UsageError } from '@atrium/testkit';
import { exportJWK, generateKeyPair } from 'jose';
import { runCommand } from './command';

const EXECUTORS = ['stock', 'compiled'] as const;
type Case = { query: string; expected: { data?: unknown; errors?: boolean } };
type Answer = { data?: unknown; errors?: unknown[] };

/** The audit is a module in TypeScript that wants what newer Node.js has. */
const SERVE = `
Promise.withResolvers ??= () => { let resolve, reject; const promise = new Promise((a, b) => ((resolve = a), (reject = b))); return { promise, resolve, reject }; };
const { serve } = await import(process.argv[1]);
await serve(Number(process.argv[2]));
`;

runCommand(async () => {
  const { values } = parseArgs({ options: { source: { type: 'string' } } });
  const source = values.source && resolve(values.source);
  if (!source || !existsSync(join(source, 'node_modules/tsx'))) {
    throw new UsageError(
      'Usage: npm run audit:federation -- --source DIR (a checkout of the audit, after npm install)',
    );
  }
  const dir = mkdtempSync(join(tmpdir(), 'atrium-audit-'));
  const log = openSync(join(dir, 'log'), 'a');
  const children: ChildProcess[] = [];
  const start = (args: string[], cwd: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', log, log],
    });
    children.push(child);
    return child;
  };
  try {
    const port = await freePort();
    const audit = `http://localhost:${port}`;
    start(
      ['--import', 'tsx', '--input-type=module', '-e', SERVE, join(source, 'src/index.ts'), String(port)],
      source,
      {},
    );
    const ids = await untilAnswered<string[]>(`${audit}/ids`);
    const env = await gatewayEnvironment(dir);
    const failed: Record<string, string[]> = { stock: [], compiled: [] };
    let cases = 0;
    for (const id of ids) {
      const supergraph = join(dir, `${id}.graphql`);
      writeFileSync(supergraph, await (await fetch(`${audit}/${id}/supergraph`)).text());
      let tests: Case[] = [];
      // One after the other, each with cases of its own: mutations of the audit change what it answers.
      for (const executor of EXECUTORS) {
        tests = (await (await fetch(`${audit}/${id}/tests`)).json()) as Case[];
        const PORT = String(await freePort());
        const child = start([join(ROOT, 'gateway/dist/main.js')], ROOT, {
          ...env,
          PORT,
          SUPERGRAPH_PATH: supergraph,
          GATEWAY_EXECUTOR: executor,
        });
        await untilAnswered(`http://127.0.0.1:${PORT}/readyz`);
        for (const [index, test] of tests.entries()) {
          if (!(await passes(`http://127.0.0.1:${PORT}/graphql`, test))) failed[executor]?.push(`${id}_${index}`);
        }
        child.kill();
        await once(child, 'exit');
      }
      cases += tests.length;
      process.stderr.write(`${id}: ${tests.length}\n`);
    }
    const passed = Object.fromEntries(EXECUTORS.map((executor) => [executor, cases - (failed[executor]?.length ?? 0)]));
    process.stdout.write(`${JSON.stringify({ audit: 'federation', cases, passed, failed })}\n`);
  } catch (error) {
    process.stderr.write(readFileSync(join(dir, 'log'), 'utf8').slice(-4000));
    throw error;
  } finally {
    for (const child of children) child.kill();
    rmSync(dir, { recursive: true, force: true });
  }
});

/** A query is asked twice: the second time the gateway knows it. */
async function passes(url: string, { query, expected }: Case): Promise<boolean> {
  const times = /^\s*mutation\b/.test(query) ? 1 : 2;
  for (let time = 0; time < times; time++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as Answer;
    if (!isDeepStrictEqual(answer.data ?? null, expected.data ?? null)) return false;
    if (typeof expected.errors === 'boolean' && expected.errors !== (answer.errors?.length ?? 0) > 0) return false;
  }
  return true;
}

async function untilAnswered<T>(url: string): Promise<T> {
  let body: unknown;
  await eventually(
    async () => {
      const response = await fetch(url).catch(() => undefined);
      if (response?.ok !== true) return false;
      body = await (response.headers.get('content-type')?.includes('json') ? response.json() : response.text());
      return true;
    },
    { what: `an answer from ${url}`, timeoutMs: 60_000 },
  );
  return body as T;
}

async function gatewayEnvironment(dir: string): Promise<Record<string, string>> {
  const [own, callers] = await Promise.all([
    generateKeyPair('EdDSA', { extractable: true }),
    generateKeyPair('EdDSA', { extractable: true }),
  ]);
  const jwks = join(dir, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(callers.publicKey)), alg: 'EdDSA', kid: '1' }] }));
  return {
    NODE_ENV: 'production',
    CALLER_ISSUER: 'audit',
    CALLER_AUDIENCE: 'audit',
    CALLER_JWKS: jwks,
    SUBGRAPH_TOKEN_KEY: JSON.stringify(await exportJWK(own.privateKey)),
    INTROSPECTION: 'true',
    MAX_DEPTH: '100',
    MAX_ALIASES: '1000',
    MAX_COST: '1000000000',
    RATE_LIMITS: 'off',
  };
}
