import { type Log, createLog, startService } from '@atrium/platform';
import { type TestService } from '@atrium/testkit';
import { generateKeyPairSync } from 'node:crypto';
import { type MemberApp, memberService } from '../src/app';
import type { MemberConfig } from '../src/config';
import { config, registered, startMember } from './support';

type Key = MemberConfig['MEMBER_MASTER_KEY'];
const [FIRST, NEXT, WRONG] = [7, 8, 9].map((byte) => Buffer.alloc(32, byte)) as [Key, Key, Key];
const log: Log = createLog('member', 'silent');
const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

/** The group's service has sealed a member with the first key; it began before it had heard of a group. */
describe('a start of the member service', () => {
  let test: TestService<MemberApp>;
  beforeAll(async () => {
    test = await startMember();
    await registered(test);
  });
  afterAll(() => test.end());

  /** Starts an API beside the one that runs, with these keys, and stops it. Null, or what it was refused with. */
  async function start(version: number, key: Key, others: Record<string, Key> = {}): Promise<string | null> {
    const { options } = test.db.dataSource;
    const whole: MemberConfig = {
      ...config,
      MEMBER_MASTER_KEY: key,
      MEMBER_MASTER_KEY_VERSION: version,
      MEMBER_OLD_MASTER_KEYS: others,
      DATABASE_URL: options.type === 'postgres' ? (options.url ?? '') : '',
      DATABASE_POOL: 2,
      NATS_URL: `nats://${test.bus.connection.getServer()}`,
      NATS_REPLICAS: 1,
      SITES: [],
      GATEWAY_PUBLIC_KEY: JSON.stringify(publicKey),
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
      const running = await startService(memberService, { config: whole, parts: { api: true, worker: false }, log });
      await running.stop();
      return null;
    } catch (error) {
      expect(error).toMatchObject({ name: 'ConfigError' });
      const { message } = error as Error;
      expect(message).not.toContain('\n');
      for (const secret of [FIRST, NEXT, WRONG]) expect(message).not.toContain(secret.toString('base64'));
      return message;
    }
  }
  const seals = () =>
    test.admin.dataSource.query(
      `select key_version as version, count(*)::int as groups from master_key_seal group by 1 order by 1`,
    );

  it('with another key than a member was sealed with is refused, and leaves nothing behind', async () => {
    expect(await seals()).toEqual([]);
    expect(await start(1, WRONG)).toMatch(/^member: MEMBER_MASTER_KEY is not the key of version 1 that/);
    expect(await start(2, WRONG)).toContain('add the key of version 1 to MEMBER_OLD_MASTER_KEYS');
    expect(await start(2, NEXT, { 1: WRONG })).toMatch(
      /^member: MEMBER_OLD_MASTER_KEYS has a key of version 1 that is/,
    );
    expect(await seals()).toEqual([]);
  });

  it('with the key leaves seals for each group, by which later ones know it without a member', async () => {
    expect(await Promise.all([start(1, FIRST), start(1, FIRST)])).toEqual([null, null]);
    expect(await seals()).toEqual([{ version: 1, groups: 2 }]);
    await test.admin.dataSource.query(
      'begin; alter table member rename to gone; create table member (like gone); grant select on member to atrium_app; commit',
    );
    try {
      expect(await start(1, WRONG)).toContain('MEMBER_MASTER_KEY is not the key of version 1');
      expect(await start(1, FIRST)).toBe(null);
    } finally {
      await test.admin.dataSource.query('begin; drop table member; alter table gone rename to member; commit');
    }
  });

  it('goes on while the key is changed in two steps, one pod after the other', async () => {
    // What is only known yet may be put right.
    expect(await start(1, FIRST, { 2: WRONG })).toBe(null);
    expect(await start(1, FIRST, { 2: NEXT })).toBe(null);
    expect(await seals()).toEqual([{ version: 1, groups: 2 }]);
    expect(await start(2, NEXT, { 1: FIRST })).toBe(null);
    expect(await start(1, FIRST, { 2: NEXT })).toBe(null);
    expect(await seals()).toEqual([
      { version: 1, groups: 2 },
      { version: 2, groups: 2 },
    ]);
    // A step left out, a key forgotten, another under the same number.
    expect(await start(1, FIRST)).toContain('add the key of version 2 to MEMBER_OLD_MASTER_KEYS');
    expect(await start(2, NEXT)).toContain('add the key of version 1 to MEMBER_OLD_MASTER_KEYS');
    expect(await start(2, WRONG, { 1: FIRST })).toContain('MEMBER_MASTER_KEY is not the key of version 2');
    expect(await start(3, WRONG, { 1: FIRST, 2: NEXT })).toBe(null);
  });
});
