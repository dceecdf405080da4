import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLog } from '@atrium/platform/light';
import { eventually, freePort, type Nats, startNats } from '@atrium/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { connectToBroker } from '../src/edge/broker';

/** Whoever has no login may look whether it is up. */
const configWith = (password: string) => `
accounts { ATRIUM { jetstream: enabled, users: [ { user: look }, { user: gateway, password: ${password} } ] } }
no_auth_user: look`;

describe('a broker that refuses the login of the gateway', () => {
  const lines: { level: number; msg: string }[] = [];
  const log = createLog('gateway', 'info', {
    write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
  });
  const errors = () => lines.filter(({ level }) => level === 50).map(({ msg }) => msg);
  const stopping = new AbortController();
  const open = (pass: string, url = nats.url) =>
    connectToBroker(url, log, { user: 'gateway', pass }, stopping.signal, {
      name: 'gateway',
      without: 'no subscriptions',
    });
  const ends: (() => Promise<void>)[] = [];
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats({ config: configWith('first') });
  });
  afterEach(async () => {
    lines.length = 0;
    for (const end of ends.splice(0)) await end();
  });
  afterAll(() => nats.stop());

  async function changePassword(password: string): Promise<void> {
    writeFileSync(join(dirname(nats.logFile), 'nats.conf'), configWith(password));
    await nats.restart();
  }

  it('is told at once, and the gateway goes on without it', async () => {
    expect(await open('wrong')).toBeUndefined();
    expect(errors()).toEqual([
      `no subscriptions: NATS at ${nats.url} cannot be used. Are NATS_USER and NATS_PASSWORD right?`,
    ]);
  });

  it('is told while it runs, and heard again when the login is right again', async () => {
    const connection = (await open('first')) as NatsConnection;
    ends.push(() => connection.close());
    let heard = 0;
    connection.subscribe('news', { callback: () => void (heard += 1) });
    await connection.flush();
    await changePassword('second');
    await eventually(() => errors().length > 0, { what: 'a line about the login' });
    expect(errors()[0]).toMatch(/refuses this login .* Are NATS_USER and NATS_PASSWORD right\? Trying again$/);
    await changePassword('first');
    const other = await connect({ servers: nats.url });
    ends.push(() => other.close());
    await eventually(
      () => {
        other.publish('news');
        return heard > 0;
      },
      { what: 'news' },
    );
  });

  it('is waited for while it is away, until it is there or nobody waits any more', async () => {
    const port = await freePort();
    const waiting = open('first', `nats://127.0.0.1:${port}`);
    await eventually(() => lines.length > 0, { what: 'a line about the broker' });
    expect(lines.map(({ msg }) => msg)).toEqual([
      `no subscriptions yet: NATS at nats://127.0.0.1:${port} does not answer`,
    ]);
    const late = await startNats({ port, config: configWith('first') });
    ends.push(() => late.stop());
    const connection = await waiting;
    expect(connection?.isClosed()).toBe(false);
    await connection?.close();

    await late.kill();
    const given = open('first', late.url);
    await eventually(() => lines.length > 1, { what: 'another' });
    stopping.abort();
    expect(await given).toBeUndefined();
  });
});
