import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventually, type Nats, startNats } from '@atrium/testkit';
import { type Bus, createLog, openBus, publishAll, type ServiceConfig, startService } from '../src';
import { cloneTiny, Harness } from './support/harness';
import { fact, GROUP, tinyService } from './support/tiny-service';

/** Whoever has no login may look whether it is up. */
const configWith = (password: string) => `
accounts {
  ATRIUM { jetstream: enabled, users: [ { user: look }, { user: tiny, password: ${password} } ] }
  PLAIN { users: [ { user: plain, password: ${password} } ] }
}
no_auth_user: look`;

describe('a broker that refuses the login', () => {
  const lines: { level: number; msg: string }[] = [];
  const log = createLog('tiny', 'info', {
    write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
  });
  const said = (level: number) => lines.filter((line) => line.level === level).map(({ msg }) => msg);
  const open = (password: string): Promise<Bus> =>
    openBus({ url: nats.url.replace('//', '//other:hunter2@'), name: 'tiny', user: 'tiny', password, log });
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats({ config: configWith('first') });
  });
  afterAll(() => nats.stop());

  async function changePassword(password: string): Promise<void> {
    writeFileSync(join(dirname(nats.logFile), 'nats.conf'), configWith(password));
    await nats.restart();
  }

  it('ends a start in one line that says what to set, and no password', async () => {
    const error = await open('wrong').catch((refusal: Error) => refusal);
    expect(error).toMatchObject({
      name: 'ConfigError',
      message: `tiny: no connection to NATS at ${nats.url} (Authorization Violation). Are NATS_USER and NATS_PASSWORD right?`,
    });
  });

  it('ends a start in one line where it lets in, and has no JetStream', async () => {
    const error = await openBus({ url: nats.url, name: 'tiny', user: 'plain', password: 'first', log }).catch(
      (refusal: Error) => refusal,
    );
    expect(error).toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(
        /^tiny: JetStream of NATS at nats:\/\/127\.0\.0\.1:\d+ does not answer \(.+\)\. Is it turned on, and have its servers a leader\?$/,
      ) as unknown,
    });
  });

  it('ends a worker in that line too', async () => {
    const database = await cloneTiny();
    const config: ServiceConfig = {
      DATABASE_URL: database.appUrl,
      DATABASE_POOL: 4,
      NATS_URL: nats.url,
      NATS_USER: 'tiny',
      NATS_PASSWORD: 'hunter2',
      NATS_REPLICAS: 1,
      SITES: [],
      GATEWAY_PUBLIC_KEY: '{}',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      EMBED_WORKER: false,
      OUTBOX_POLL_MS: 50,
      SHUTDOWN_DELAY_MS: 0,
      MAX_OPERATIONS: 64,
      QUEUE_WAIT_MS: 4_000,
    };
    try {
      const started = startService(tinyService, { config, parts: { api: false, worker: true }, log });
      await expect(started).rejects.toMatchObject({
        name: 'ConfigError',
        message: `member: no connection to NATS at ${nats.url} (Authorization Violation). Are NATS_USER and NATS_PASSWORD right?`,
      });
    } finally {
      await database.drop();
    }
  });

  it('is told while work goes on, and heals when the login is right again: what was stated meanwhile arrives', async () => {
    const h = new Harness();
    try {
      h.database = await cloneTiny();
      h.onEnd(() => h.database.drop());
      h.db = await h.open(h.database.appUrl);
      h.admin = await h.open(h.database.adminUrl, undefined, 2);
      h.nats = nats;
      h.bus = await open('first');
      h.onEnd(() => h.bus.close());
      await h.ensure();
      h.relay();
      h.consume();
      await h.db.inTransaction(GROUP, (tx) => publishAll(tx, [fact('before')]));
      await h.hears(1);

      await changePassword('second');
      await eventually(() => said(50).length > 0, { what: 'a line about the login' });
      await h.db.inTransaction(GROUP, (tx) => publishAll(tx, [fact('meanwhile')]));
      await changePassword('first');
      await h.hears(2);

      expect([...new Set(said(50))]).toEqual([
        `nats: ${nats.url} refuses this login (Authorization Violation). Are NATS_USER and NATS_PASSWORD right? Trying again`,
      ]);
      expect(said(40)).toEqual(['nats: connection lost, connecting again']);
      expect(said(30)).toEqual(['nats: connected again']);
      expect((await h.stream()).length).toBe(2);
      expect(h.bus.connection.isClosed()).toBe(false);
    } finally {
      await h.end();
    }
  });
});
