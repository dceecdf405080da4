import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { eventually, graphqlClient } from '@atrium/testkit';
import { command, freePorts, isAlive, newFolder, npmStart, portOptions, run } from './commands';
import { query } from './digest';

const processesOf = (folder: string): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder));

describe('npm start', () => {
  let dir: string;
  beforeAll(() => (dir = newFolder()));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const sales = async (state: Parameters<typeof query>[0]) =>
    (
      await query<{ id: string; received_at: Date }>(
        state,
        'merchant-settlement',
        'select id, received_at from purchase',
      )
    )[0];

  it('starts what dies again, keeps its state, leaves no process behind, and begins anew on --fresh', async () => {
    const first = await npmStart({ dir });
    const before = await sales(first.state());
    expect(before).toBeDefined();

    const { pids, gatewayUrl } = first.state();
    for (const name of ['messaging', 'gateway'] as const) process.kill(pids[name] as number, 'SIGKILL');
    await eventually(
      () => {
        const now = first.state().pids;
        return now['messaging'] !== pids['messaging'] && now['gateway'] !== pids['gateway'];
      },
      { what: 'messaging and the gateway are up again' },
    );
    expect(await graphqlClient(gatewayUrl).ask('{ me { id } }')).toEqual({ me: null });

    const second = await run(dir, 'start', portOptions(await freePorts()));
    expect(second).toEqual({ code: 1, text: expect.stringMatching(/^A graph runs in .* already .*\n$/) });

    const running = Object.values(first.state().pids);
    expect(running).toHaveLength(9);
    expect(await first.interrupt()).toBe(0);
    expect([...running, ...Object.values(pids)].filter(isAlive)).toEqual([]);

    const kept = await npmStart({ dir, ports: first.ports });
    expect(await sales(kept.state())).toEqual(before);
    expect(await kept.interrupt()).toBe(0);

    const anew = await npmStart({ dir, ports: first.ports, args: ['--fresh'] });
    expect(await sales(anew.state())).not.toEqual(before);
    expect(await anew.interrupt()).toBe(0);
  });

  it('ends in one line when a port is taken', async () => {
    const server = createServer();
    const ports = await freePorts();
    await new Promise<void>((resolve) => server.listen(ports.nats, '127.0.0.1', resolve));
    try {
      const { code, text } = await run(dir, 'start', [...portOptions(ports), '--fresh']);
      expect({ code, text }).toEqual({
        code: 1,
        text: `Port ${ports.nats} for nats is taken. Stop what uses it, or choose another: npm start -- --nats-port 14300\n`,
      });
    } finally {
      server.close();
    }
  });

  it('can be stopped while it starts', async () => {
    const other = newFolder();
    const start = command(other, 'start', portOptions(await freePorts()));
    await eventually(() => start.text().includes('migrations'), { what: 'it has begun' });
    start.process.kill('SIGINT');
    expect((await start.ended).code).toBe(130);
    await eventually(() => processesOf(other).length === 0, {
      what: 'all its processes have ended',
    });
    rmSync(other, { recursive: true, force: true });
  });
});
