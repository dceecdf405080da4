import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, goInstall, ROOT, UsageError } from '@atrium/testkit';

const MODULE = 'go.k6.io/k6@v1.8.1';
const HOW_TO_GET_IT = `k6 was not found. Get it with one of:
  go install ${MODULE}
  brew install k6
  a release for your system, its program put on PATH.`;

/** The path of k6; Go makes it when it is missing. */
export async function ensureK6(report: (line: string) => void): Promise<string> {
  const found = findProgram('k6');
  if (found !== null) return found;
  report('k6 is missing: compiling it with go install, two minutes or so');
  try {
    await goInstall(MODULE);
  } catch (error) {
    throw new UsageError(`${HOW_TO_GET_IT}\nTried go install: ${String(error).split('\n')[0]}`);
  }
  const made = findProgram('k6');
  if (made === null) throw new UsageError(HOW_TO_GET_IT);
  return made;
}

export type K6Run = {
  program: string;
  profile: string;
  /** Where the world is, and where it writes the summary, what happened when, and what was acknowledged. */
  files: { world: string; summary: string; series: string; acknowledged: string };
  rate: number;
  scale: number;
  seconds: number | undefined;
  only: string;
  slack: number;
  tries: number;
};

/**
 * k6's exit code: 0, or 99 when a threshold was crossed; everything else is a failure of the run itself. It is told to end when `signal` is
 * aborted, and is waited for.
 */
export function runK6(
  { program, profile, files, rate, scale, seconds, only, slack, tries }: K6Run,
  signal: AbortSignal,
): Promise<number> {
  // A folder may be used again: k6 appends to what it finds.
  for (const file of [files.summary, files.series, files.acknowledged]) rmSync(file, { force: true });
  const env = {
    ...process.env,
    PROFILE: profile,
    WORLD: files.world,
    SUMMARY: files.summary,
    RATE: String(rate),
    SCALE: String(scale),
    SLACK: String(slack),
    TRIES: String(tries),
    ...(seconds === undefined ? {} : { SECONDS: String(seconds) }),
    ONLY: only,
    K6_NO_USAGE_REPORT: 'true',
  };
  // Its progress is for a screen; in a log it is a line for each story and second.
  const quiet = process.stdout.isTTY ? [] : ['--quiet'];
  const log = [
    '--console-output',
    files.acknowledged,
    '--log-format',
    'raw',
    '--out',
    `web-dashboard=port=-1&period=2s&record=${files.series}`,
  ];
  const args = ['run', ...quiet, ...log, '--include-system-env-vars', join(ROOT, 'tests', 'load', 'k6', 'main.ts')];
  // In a group of its own: what ends this command is told to k6 by it, once; twice would end k6 before it has written anything.
  const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = () => void child.kill('SIGINT');
  process.once('exit', end);
  signal.addEventListener('abort', end);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => {
    signal.removeEventListener('abort', end);
    process.removeListener('exit', end);
  });
}
