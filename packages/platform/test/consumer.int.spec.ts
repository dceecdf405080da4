import { LIMITS, OrgNodeRecordedSchema } from '@atrium/contracts';
import { uuidv7 } from '@atrium/kernel';
import { controllableClock, eventually } from '@atrium/testkit';
import { applyBatch, consumer, HEADERS, publish, publishAll, retryParked } from '../src';
import { Harness } from './support/harness';
import { fact, GROUP, OTHER_GROUP } from './support/tiny-service';

describe('consumer', () => {
  const clock = controllableClock('2026-03-10T04:00:00Z');
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start({ clock });
    h.relay();
    h.consume();
  });
  afterAll(() => h.end());
  beforeEach(async () => {
    await h.admin.dataSource.query('truncate heard, parked_event, outbox restart identity');
    await h.bus.jsm.streams.purge('DEAD');
  });

  const oneOf = (code: string) =>
    eventually(async () => (await h.heard()).find((row) => row.code === code) ?? null, { what: `${code} heard` });
  const deadLetters = (count: number) =>
    eventually(
      async () => {
        const dead = await h.stream('DEAD');
        return dead.length >= count && dead;
      },
      { what: `${count} dead letters` },
    );

  it('hears what was committed, with its tenant, and nothing of a rollback', async () => {
    await h.db.inTransaction(GROUP, (tx) => publishAll(tx, [fact('a'), fact('b')]));
    const rolledBack = h.db.inTransaction(GROUP, async (tx) => {
      await publish(tx, ...fact('never'));
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await h.db.inTransaction(OTHER_GROUP, (tx) => publish(tx, ...fact('c')));
    await h.hears(3);
    await h.published();
    expect((await h.heard()).map(({ code }) => code).sort()).toEqual(['a', 'b', 'c']);
    expect(await h.count('heard where group_id = $1', [OTHER_GROUP])).toBe(1);
  });

  it('applies a repeat once, also when it comes in the same batch', async () => {
    const eventId = await h.send('twice');
    await h.send('twice', { eventId });
    await oneOf('twice');
    await h.send('twice', { eventId });
    await h.send('after');
    await oneOf('after');
    expect(await h.heard()).toContainEqual({ code: 'twice', times: 1 });

    const again = uuidv7(new Date());
    const raw = (await h.stream()).find((message) => message.eventId === eventId);
    const headers = Object.fromEntries([...(raw?.headers ?? [])]);
    const message = {
      subject: 'x',
      payload: new Uint8Array(),
      headers: { ...mixedCase(headers), [HEADERS.eventId]: again },
    };
    const seen: number[] = [];
    const counting = consumer({
      name: 'counting',
      event: OrgNodeRecordedSchema,
      handle: (_tx, events) => Promise.resolve(void seen.push(events.length)),
    });
    expect(await applyBatch(h.db, counting, [message, message, message])).toEqual(['applied', 'applied', 'applied']);
    expect(seen).toEqual([1]);
  });

  it('keeps the order of the stream within a lane, and takes lanes beside each other', async () => {
    const codes = Array.from({ length: 50 }, (_, i) => `n${i}`);
    // The owner's last letter is the lane.
    for (const [i, code] of codes.entries())
      await h.send(code, { groupId: GROUP, nodeId: uuidv7(new Date()).slice(0, -1) + (i % 4) });
    await h.hears(50);
    const heard = (await h.heard()).map(({ code }) => code);
    for (const lane of [0, 1, 2, 3]) {
      const own = (code: string) => codes.indexOf(code) % 4 === lane;
      expect(heard.filter(own)).toEqual(codes.filter(own));
    }
  });

  it('lets the neighbours of a poisonous message pass', async () => {
    const before = await h.send('before');
    const poison = await h.send('POISON');
    const after = await h.send('after');
    await h.hears(2);
    expect((await h.heard()).map(({ code }) => code).sort()).toEqual(['after', 'before']);
    expect(await h.count('inbox where event_id = any($1)', [[before, poison, after]])).toBe(2);
  });

  it('sets undecodable messages aside at once, each of them, and says why', async () => {
    await h.send('x', { payload: new Uint8Array([0xff, 0xff, 0xff]) });
    await h.send('no id', { headers: { [HEADERS.eventId]: '' } });
    await h.send('no id either', { headers: { [HEADERS.eventId]: '' } });
    await h.send('a bad id', { headers: { [HEADERS.eventId]: 'seventeen' } });
    await h.send('a bad tenant', { headers: { [HEADERS.groupId]: 'ACME' } });
    await h.send('good');
    await oneOf('good');
    const dead = await deadLetters(5);
    expect(dead).toHaveLength(5);
    for (const letter of dead) {
      expect(letter.subject).toMatch(/^dead\.member\.atrium\.settlement\.v1\.OrgNodeRecorded\.hub\.[0-9a-f]$/);
      expect(letter.headers.get('Atrium-Consumer')).toBe('member-on-org-node-recorded');
      expect(letter.headers.get('Atrium-Reason')).toMatch(/^undecodable: /);
    }
    expect(dead.map((letter) => letter.headers.get('Atrium-Reason'))).toContainEqual(
      expect.stringContaining('header Atrium-Event is no id'),
    );
    expect(await h.heard()).toEqual([{ code: 'good', times: 1 }]);
  });

  it('parks what came too early, goes on, and applies it when what it needs has arrived', async () => {
    const early = await h.send('NEEDS:sale');
    await h.send('neighbour');
    await oneOf('neighbour');
    await eventually(() => h.count('parked_event where event_id = $1', [early]).then((n) => n === 1), {
      what: 'parked',
    });
    expect(await h.count('inbox where event_id = $1', [early])).toBe(0);
    await h.send('sale');
    await oneOf('sale');
    clock.advance({ minutes: 11 });
    await oneOf('NEEDS:sale');
    await eventually(async () => (await h.count('parked_event')) === 0, { what: 'nothing parked' });
    expect((await h.heard()).filter(({ times }) => times !== 1)).toEqual([]);
  });

  it('gives up at the deadline of a parked event', async () => {
    const early = await h.send('NEEDS:nothing');
    await eventually(() => h.count('parked_event where event_id = $1', [early]).then((n) => n === 1), {
      what: 'parked',
    });
    clock.advance({ seconds: LIMITS.parkSeconds + 1 });
    const [letter] = await deadLetters(1);
    expect(letter?.eventId).toBe(early);
    expect(letter?.headers.get('Atrium-Reason')).toContain('did not arrive in time');
    await eventually(async () => (await h.count('parked_event')) === 0, { what: 'nothing parked' });
  });

  it('puts a parked event off that fails in another way, so that it does not take the place of others', async () => {
    await h.admin.dataSource.query(
      `insert into parked_event select 'other', $1, $2, 's', $3, $4, 'r', 1, $5, $5, $5::timestamptz + interval '1 day'`,
      [
        uuidv7(new Date()),
        GROUP,
        Buffer.from([]),
        JSON.stringify({
          [HEADERS.eventId]: uuidv7(new Date()),
          [HEADERS.groupId]: GROUP,
          [HEADERS.aggregateId]: GROUP,
          [HEADERS.aggregateVersion]: '1',
          [HEADERS.occurredAt]: clock.now().toISOString(),
        }),
        clock.now(),
      ],
    );
    const failing = consumer({
      name: 'other',
      event: OrgNodeRecordedSchema,
      handle: () => Promise.reject(new Error('no')),
    });
    expect(await retryParked(h.db, [failing], () => Promise.reject(new Error('not yet')))).toBe(0);
    const due = await h.count('parked_event where next_try_at <= $1', [clock.now()]);
    expect([due, await h.count('parked_event where tries = 2')]).toEqual([0, 1]);
  });

  it('throws a database that is away instead of failing the messages', async () => {
    const away = consumer({
      name: 'away',
      event: OrgNodeRecordedSchema,
      handle: () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
    });
    const headers = {
      [HEADERS.eventId]: uuidv7(new Date()),
      [HEADERS.groupId]: GROUP,
      [HEADERS.aggregateId]: GROUP,
      [HEADERS.aggregateVersion]: '1',
      [HEADERS.occurredAt]: clock.now().toISOString(),
    };
    const message = { subject: 's', payload: new Uint8Array(), headers };
    await expect(applyBatch(h.db, away, [message])).rejects.toThrow('connect');
  });
});

/** The Fetch API's headers are in lower case; ours are not. */
function mixedCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.values(HEADERS).map((name) => [name, headers[name.toLowerCase()] ?? '']));
}
