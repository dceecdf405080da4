import { spawn } from 'node:child_process';
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

/** k6's exit code: 0, or 99 when a threshold was crossed; everything else is a failure of the run itself. */
export function runK6({ program, profile, files, rate, scale, seconds, only, slack, tries }: K6Run): Promise<number> {
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
  const child = spawn(program, args, { env, stdio: 'inherit' });
  // Ctrl-C ends k6; what it was given is then put away here.
  const stays = () => undefined;
  process.on('SIGINT', stays);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => process.off('SIGINT', stays));
}
