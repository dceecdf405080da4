import { LIMITS, OrgNodeRecordedSchema } from '@atrium/contracts';
import { uuidv7 } from '@atrium/kernel';
import { eventually } from '@atrium/testkit';
import { event, type Fact, type FactAddress, publish, publishAll, type Tx } from '../src';
import { Harness } from './support/harness';
import { fact, GROUP } from './support/tiny-service';

const owner = (lane: string) => `018f0000-0000-7000-8000-00000000000${lane}`;
const append = (h: Harness, ...facts: [Fact, FactAddress][]) =>
  h.db.inTransaction(GROUP, (tx) => publishAll(tx, facts));

/** Event ids by lane: as they were stated, and as the stream has them. */
async function lanes(h: Harness) {
  const rows = (await h.admin.dataSource.query(`select lane, event_id as "eventId" from outbox order by id`)) as {
    lane: string;
    eventId: string;
  }[];
  const stream = (await h.stream()).map(({ eventId, subject }) => ({ eventId, lane: subject.slice(-1) }));
  const byLane = (list: { lane: string; eventId: string }[]) =>
    Object.fromEntries(
      [...new Set(list.map(({ lane }) => lane))]
        .sort()
        .map((lane) => [lane, list.filter((row) => row.lane === lane).map(({ eventId }) => eventId)]),
    );
  return { stated: byLane(rows), kept: byLane(stream) };
}

describe('relay', () => {
  let h: Harness;
  beforeEach(async () => {
    h = await Harness.start({ poolSize: 12 });
  });
  afterEach(() => h.end());

  it('publishes each fact once and in the order of its lane, with two relays at work', async () => {
    const second = await h.connect();
    // Without the broker's help: a fact that is published twice would lie in the stream twice.
    await h.bus.jsm.streams.update('SETTLEMENT', { duplicate_window: 100_000_000 });
    h.relay();
    h.relay(second, await h.open(h.database.appUrl));
    const writers = ['0', '7', 'f'].map(async (lane) => {
      for (let i = 0; i < 120; i++) await append(h, fact(`${lane}-${i}`, owner(lane)));
    });
    await Promise.all(writers);
    await h.published();
    const { stated, kept } = await lanes(h);
    expect(kept).toEqual(stated);
    expect(Object.keys(kept)).toEqual(['0', '7', 'f']);
    expect((await h.stream()).length).toBe(360);
  });

  it('loses nothing and keeps the order when the broker dies and comes back while facts are stated', async () => {
    h.relay();
    let writing = true;
    let stated = 0;
    const writers = ['1', '2', '3', '4'].map(async (lane) => {
      while (writing) {
        await append(h, fact(`${lane}`, owner(lane)), fact(`${lane}`, owner(lane)));
        stated += 2;
        await eventually(() => true, { what: 'a breath' });
      }
    });
    for (let round = 1; round <= 2; round++) {
      const before = stated;
      await eventually(() => stated > before + 100, { what: 'facts before the fault' });
      await h.nats.kill();
      const during = stated;
      await eventually(() => stated > during + 100, { what: 'facts stated while the broker is away' });
      expect(await h.count('outbox where published_at is null')).toBeGreaterThanOrEqual(100);
      await h.nats.restart();
    }
    writing = false;
    await Promise.all(writers);
    await h.published();
    const { stated: wanted, kept } = await lanes(h);
    expect(kept).toEqual(wanted);
  });

  it('publishes a fact of a slower transaction that has a smaller id', async () => {
    h.relay();
    let commit: () => void = () => undefined;
    let appended: () => void = () => undefined;
    const isAppended = new Promise<void>((resolve) => (appended = resolve));
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    const slow = h.db.inTransaction(GROUP, async (tx: Tx) => {
      await publish(tx, ...fact('slow', owner('5')));
      appended();
      await mayCommit;
    });
    await isAppended;
    await append(h, fact('fast', owner('5')));
    await eventually(async () => (await h.stream()).length === 1, { what: 'the fast one is published' });
    commit();
    await slow;
    await h.published();
    const { stated, kept } = await lanes(h);
    expect([...(kept['5'] ?? [])].sort()).toEqual([...(stated['5'] ?? [])].sort());
    expect(kept['5']).toHaveLength(2);
  });

  it('does not let a lane that the broker refuses hold the others up', async () => {
    const huge: [Fact, FactAddress] = [
      { schema: OrgNodeRecordedSchema, payload: new Uint8Array(900_000) },
      { aggregateId: owner('a'), ownerId: owner('a'), occurredAt: new Date() },
    ];
    await append(h, huge, ...Array.from({ length: 400 }, () => fact('behind', owner('a'))));
    await append(h, fact('free', owner('b')));
    await h.bus.jsm.streams.update('SETTLEMENT', { max_msg_size: 100_000 });
    const relay = h.relay();
    await eventually(async () => (await h.stream()).length === 1, { what: 'the other lane is published' });
    await eventually(async () => (await h.count('outbox where published_at is null')) === 401, {
      what: 'it is marked',
    });
    expect(await h.stream()).toHaveLength(1);
    await relay.stop();
  });

  it('is never given a fact that no broker would take', async () => {
    const code = 'x'.repeat(LIMITS.maxMessageBytes);
    const tooLarge = event(OrgNodeRecordedSchema, { nodeId: uuidv7(new Date()), code });
    const address = { aggregateId: owner('a'), ownerId: owner('a'), occurredAt: new Date() };
    await expect(append(h, [tooLarge, address])).rejects.toThrow('too large to publish');
    expect(await h.count('outbox')).toBe(0);
  });
});
