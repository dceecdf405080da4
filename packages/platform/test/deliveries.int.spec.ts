import type * as contracts from '@atrium/contracts';
import { OrgNodeRecordedSchema } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { consumer, type ConsumerRunner } from '../src';
import { Harness } from './support/harness';
import { hear } from './support/tiny-service';

// Twenty deliveries with their pauses take minutes; the rule is the same with three.
jest.mock('@atrium/contracts', () => {
  const actual = jest.requireActual<typeof contracts>('@atrium/contracts');
  return { ...actual, LIMITS: { ...actual.LIMITS, maxDeliver: 3 } };
});

describe('deliveries', () => {
  let h: Harness;
  let runner: ConsumerRunner;
  let handle = hear;
  beforeAll(async () => {
    h = await Harness.start();
    runner = h.consume([
      consumer({
        name: 'member-on-org-node-recorded',
        event: OrgNodeRecordedSchema,
        handle: (tx, events) => handle(tx, events),
      }),
    ]);
  });
  afterAll(() => h.end());

  const consumerInfo = () => h.bus.jsm.consumers.info('SETTLEMENT', 'member-on-org-node-recorded');

  const heard = (code: string) =>
    eventually(async () => (await h.heard()).some((row) => row.code === code), { what: `${code} heard` });

  it('are limited: after the last one the message lies in the dead letters, and is not delivered again', async () => {
    let tries = 0;
    handle = (tx, events) => {
      if (events.some(({ message }) => message.code === 'POISON')) tries += 1;
      return hear(tx, events);
    };
    const eventId = await h.send('POISON');
    const [letter] = await eventually(
      async () => {
        const dead = await h.stream('DEAD');
        return dead.length > 0 && dead;
      },
      { what: 'a dead letter' },
    );
    expect(letter?.eventId).toBe(eventId);
    expect(letter?.headers.get('Atrium-Reason')).toBe('failed 3 times: Error');
    expect(tries).toBe(3);
    await h.send('x', { payload: new Uint8Array([0xff]) });
    await eventually(async () => (await h.stream('DEAD')).length === 2, { what: 'a second dead letter' });
    await eventually(async () => (await consumerInfo()).num_ack_pending === 0, { what: 'nothing under way' });
  });

  it('are not used up while the database is away', async () => {
    let failures = 5;
    handle = (tx, events) => {
      if (failures === 0) return hear(tx, events);
      failures -= 1;
      return Promise.reject(Object.assign(new Error('the database system is starting up'), { code: '57P03' }));
    };
    const patient = await h.send('patient');
    await heard('patient');
    await eventually(async () => (await consumerInfo()).num_ack_pending === 0, { what: 'nothing under way' });
    expect((await consumerInfo()).num_redelivered).toBe(0);
    expect((await h.stream('DEAD')).filter(({ eventId }) => eventId === patient)).toEqual([]);
  });

  it('are given back at a stop, so that another replica need not wait for the acknowledgement time', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let first = true;
    handle = async (tx, events) => {
      if (first) {
        first = false;
        await gate;
      }
      await hear(tx, events);
    };
    try {
      await h.send('first');
      await eventually(() => !first, { what: 'the first is under way' });
      await h.send('second');
      await eventually(async () => (await consumerInfo()).num_ack_pending === 2, { what: 'the second is delivered' });
      const stopped = runner.stop();
      go();
      await stopped;
    } finally {
      go();
    }
    h.consume();
    await heard('second');
    expect((await h.heard()).filter(({ code }) => code === 'first')).toEqual([{ code: 'first', times: 1 }]);
  });
});
