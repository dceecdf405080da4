import { spawn } from 'node:child_process';

export interface Ran {
  ok: boolean;
  /** What it wrote to its output. */
  bytes: Buffer;
  /** The same as text. */
  out: string;
  /** Output and errors, for people. */
  text: string;
}

export interface RunOptions {
  input?: string | Buffer;
  env?: NodeJS.ProcessEnv;
}

/** Helm says on each run that charts are linked. */
const NOISE = /^.*found symbolic link.*\n/gm;

/** Runs a program to its end; a failure is an answer, a program that is not there an error. */
export function run(program: string, args: readonly string[], { input, env }: RunOptions = {}): Promise<Ran> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
  // A program that ends without reading says why by its code.
  child.stdin.on('error', () => undefined).end(input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.once('close', (code) => {
      const bytes = Buffer.concat(out);
      const text = Buffer.concat(all).toString().replaceAll(NOISE, '');
      resolve({ ok: code === 0, bytes, out: bytes.toString(), text });
    });
  });
}

/** The same for what must succeed; answers its output. */
export async function must(program: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { ok, out, text } = await run(program, args, options);
  if (!ok)
    throw new Error(`${program} ${args.slice(0, 6).join(' ')} …\n${text.trim().split('\n').slice(-40).join('\n')}`);
  return out;
}
