import { spawnSync } from 'node:child_process';
import { UsageError } from '@atrium/testkit';

export interface Ended {
  ok: boolean;
  stdout: string;
  /** Both outputs, without what Helm says of the charts' links on each run. */
  text: string;
}

/** Runs helm or kubectl and waits for it. A program that is not there ends the command. */
export function runProgram(command: string, args: string[], input?: string): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input, maxBuffer: 2 ** 27 });
  if (error) throw new UsageError(`${command} cannot be run: ${error.message}`);
  const text = `${stderr}${stdout}`.replaceAll(/^.*symbolic link.*\n/gm, '').trim();
  return { ok: status === 0, stdout, text };
}

export const helm = (...args: string[]): Ended => runProgram(process.env['ATRIUM_HELM'] ?? 'helm', args);
export const kubectl = (...args: string[]): Ended => runProgram('kubectl', args);
export const kubectlWith = (input: string, ...args: string[]): Ended => runProgram('kubectl', args, input);
