import { HUB, REQUESTS, streamsOf, subscriptionsOf } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { AckPolicy, type JetStreamManager, StorageType } from '@nats-io/jetstream';
import { ask, ensureConsumers, ensureStreams, respond, serveRequests, UnavailableError } from '../src';
import { Harness, log } from './support/harness';
import { closeGate, GROUP, tinyService } from './support/tiny-service';

const STREAMS_HERE = streamsOf('member', HUB);
const HEARD = subscriptionsOf('member', HUB);

describe('streams', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start();
  });
  afterAll(() => h.end());

  it('may be made by many at once, and again', async () => {
    await Promise.all(Array.from({ length: 6 }, () => h.ensure()));
  });

  it('of another make refuse the start', async () => {
    const { jsm } = h.bus;
    await jsm.streams.delete('TIER');
    await jsm.streams.add({ name: 'TIER', subjects: ['atrium.tier.v1.>'], storage: StorageType.Memory });
    await expect(ensureStreams(jsm, STREAMS_HERE)).rejects.toThrow(/storage/);
    await jsm.streams.delete('TIER');
    await ensureStreams(jsm, STREAMS_HERE);
    await jsm.consumers.delete('SETTLEMENT', 'member-on-org-node-recorded');
    await jsm.consumers.add('SETTLEMENT', { durable_name: 'member-on-org-node-recorded', ack_policy: AckPolicy.None });
    await expect(ensureConsumers(jsm, HEARD)).rejects.toThrow();
    await jsm.consumers.delete('SETTLEMENT', 'member-on-org-node-recorded');
    await ensureConsumers(jsm, HEARD);
  });

  it('with more replicas than there are servers end in one line that says what to set', async () => {
    const { jsm } = h.bus;
    await jsm.streams.delete('TIER');
    await expect(ensureStreams(jsm, STREAMS_HERE, 3)).rejects.toThrow(
      /^NATS has too few servers with JetStream for 3 replicas of the stream \w+: set NATS_REPLICAS/,
    );
    await ensureStreams(jsm, STREAMS_HERE);
  });

  it('are compared with what was asked for: a server that drops a field refuses the start', async () => {
    const forgetful = dropping(h.bus.jsm, 'discard');
    await expect(ensureStreams(forgetful, STREAMS_HERE)).rejects.toThrow(
      'the server keeps discard = undefined instead of "new"',
    );
    await expect(ensureConsumers(dropping(h.bus.jsm, 'max_ack_pending'), HEARD)).rejects.toThrow(
      'consumer member-on-org-node-recorded: the server keeps max_ack_pending = undefined instead of 2000',
    );
  });
});

describe('requests', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start();
  });
  afterAll(() => h.end());
  const resolve = (memberId: string, timeoutMs = 60_000) =>
    ask(h.bus.connection, REQUESTS.resolveContact, GROUP, { memberId }, timeoutMs);

  it('are answered, or named unavailable: when nobody listens at once, when it fails, when it takes too long', async () => {
    // At once, or the test would be over before.
    await expect(resolve('m', 3_600_000)).rejects.toThrow(UnavailableError);

    const server = serveRequests(h.bus.connection, h.db, tinyService.responders({}), log);
    await eventually(() => resolve('m').then(({ found }) => found), { what: 'an answer' });
    expect((await resolve('')).found).toBe(false);
    const failure = await resolve('broken').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(String((failure as Error).cause)).not.toContain('secret');
    const gate = closeGate();
    await expect(resolve('slow', 50)).rejects.toThrow('member is not available');
    gate.open();
    await server.stop();
    await expect(resolve('m')).rejects.toThrow(UnavailableError);
  });

  it('under way are answered during a stop', async () => {
    const server = serveRequests(h.bus.connection, h.db, tinyService.responders({}), log);
    await eventually(() => resolve('m').then(({ found }) => found), { what: 'an answer' });
    const gate = closeGate();
    const answer = resolve('slow');
    await gate.entered;
    const stopped = server.stop();
    gate.open();
    expect((await answer).found).toBe(true);
    await stopped;
  });

  it('hand the tenant of the caller on', async () => {
    const seen: string[] = [];
    const responder = respond(REQUESTS.resolveContact, async (_db, groupId) => {
      seen.push(groupId);
      return { found: true };
    });
    const server = serveRequests(h.bus.connection, h.db, [responder], log);
    await eventually(() => resolve('m').then(({ found }) => found), { what: 'an answer' });
    expect(seen).toEqual([GROUP]);
    await server.stop();
  });
});

/** The real manager, behind a server that forgets one field of every configuration. */
function dropping(jsm: JetStreamManager, field: string): JetStreamManager {
  const forget = <A extends object>(api: A): A =>
    new Proxy(api, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const answer = (await member.apply(target, args)) as { config?: Record<string, unknown> };
          if (!answer.config) return answer;
          const config = { ...answer.config };
          delete config[field];
          return { ...answer, config };
        };
      },
    });
  return { ...jsm, streams: forget(jsm.streams), consumers: forget(jsm.consumers) } as unknown as JetStreamManager;
}
