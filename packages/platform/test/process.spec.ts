import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';

const root = join(__dirname, '../../..');
const swc = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as object;

/** `runProcess` can only be seen from outside: it ends the process. */
describe('runProcess', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-process-'));
  beforeAll(() => {
    for (const name of ['process', 'config', 'stopping']) {
      const { code } = transformFileSync(join(__dirname, `../src/runtime/${name}.ts`), {
        ...swc,
        swcrc: false,
        sourceMaps: false,
      });
      writeFileSync(join(folder, `${name}.js`), code);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(main: string, env: Record<string, string> = {}) {
    const script = `const { runProcess } = require('./process'); const { parseConfig, serviceConfig } = require('./config'); ${main}`;
    writeFileSync(join(folder, 'main.js'), script);
    const child: ChildProcess = spawn(process.execPath, ['main.js'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NODE_PATH: join(root, 'node_modules'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, out, errors }));
    return { child, ended };
  }

  it('ends with 1 and one clear text when the environment is wrong', async () => {
    const { ended } = run('runProcess(async () => { parseConfig(serviceConfig, process.env); });', {
      DATABASE_URL: 'hunter2 is not an address',
      PORT: '99999',
    });
    const { code, out, errors } = await ended;
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(errors).toMatch(/^The environment is not right:\n/);
    for (const name of ['DATABASE_URL', 'NATS_URL', 'GATEWAY_PUBLIC_KEY', 'PORT'])
      expect(errors).toContain(`  ${name}: `);
    expect(errors).not.toMatch(/hunter2|99999|at .*\.js/);
  });

  it('stops in order when told to, once', async () => {
    const { child, ended } = run(`
      const open = setInterval(() => undefined, 1000);
      runProcess(async () => ({ stop: async () => { console.log('stopped'); clearInterval(open); } }));
      setImmediate(() => console.log('running'));`);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, out: 'running\nstopped\n' });
  });

  it.each([
    ['an exception that nobody caught', `setTimeout(() => { throw new Error('unexpected'); }, 1)`],
    ['a promise that nobody awaited', `void Promise.reject(new Error('unexpected'))`],
  ])('ends with 1 after %s', async (_, mishap) => {
    const { ended } = run(
      `setInterval(() => undefined, 1000); runProcess(async () => ({ stop: async () => undefined })); ${mishap}`,
    );
    const { code, errors } = await ended;
    expect(code).toBe(1);
    expect(errors).toContain('unexpected');
  });
});
