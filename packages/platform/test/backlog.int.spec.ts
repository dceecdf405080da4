import { durableName, HUB, LIMITS, OrgNodeRecordedSchema, streamsOf, subscriptionsOf } from '@atrium/contracts';
import { controllableClock, eventually } from '@atrium/testkit';
import { createMetrics } from '../src';
import { watchBacklog } from '../src/runtime/backlog-metrics';
import { Harness, log } from './support/harness';

const WATCHED = {
  name: 'member',
  subscriptions: subscriptionsOf('member', HUB),
  streams: streamsOf('member', HUB),
} as const;

describe('what waits, in metrics', () => {
  const clock = controllableClock('2026-03-10T04:00:00Z');
  let h: Harness;
  let registry: ReturnType<typeof createMetrics>['registry'];
  beforeEach(async () => {
    h = await Harness.start({ clock });
    registry = createMetrics('member').registry;
    watchBacklog(registry, WATCHED, h.db, h.bus.jsm, log);
  });
  afterEach(() => h.end());

  const value = async (name: string, labels = '') => {
    const sample = new RegExp(`^atrium_${name}\\{${labels}service="member"\\} (\\d+)$`, 'm');
    const found = sample.exec(await registry.metrics())?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const measured = (metric: string) => value('backlog_measured', `metric="${metric}",`);

  it('has each message that was set aside for as long as it is there, whatever the reason, and only its own service’s', async () => {
    h.consume();
    expect(await value('dead_letters')).toBe(0);
    await h.send('x', { payload: new Uint8Array([0xff, 0xff, 0xff]) });
    await h.send('NEEDS:nothing');
    await eventually(async () => (await value('dead_letters')) === 1, { what: 'one nobody can read' });
    await eventually(async () => (await value('parked_events')) === 1, { what: 'one that waits' });

    clock.advance({ seconds: LIMITS.parkSeconds + 1 });
    await eventually(async () => (await value('dead_letters')) === 2, { what: 'one given up' });
    await h.bus.js.publish('dead.tier.atrium.settlement.v1.OrgNodeRecorded.hub.0', new Uint8Array());
    expect(await value('dead_letters')).toBe(2);

    const { state } = await h.bus.jsm.streams.info('DEAD');
    await h.bus.jsm.streams.deleteMessage('DEAD', state.first_seq);
    expect(await value('dead_letters')).toBe(1);
  });

  it('counts what consumers did from 0 on', async () => {
    const metrics = createMetrics('member');
    h.consume(undefined, undefined, metrics);
    const consumer = durableName('member', OrgNodeRecordedSchema);
    const text = await metrics.registry.metrics();
    for (const outcome of ['applied', 'parked', 'failed'])
      expect(text).toContain(
        `atrium_events_applied_total{consumer="${consumer}",outcome="${outcome}",service="member"} 0\n`,
      );
  });

  it('says what it cannot ask, and tells nothing in its place', async () => {
    await registry.metrics();
    expect(await measured('outbox_oldest_seconds')).toBe(1);
    await h.admin.dataSource.query('alter table outbox rename to outbox_away');
    await h.bus.jsm.streams.delete('DEAD');
    await registry.metrics();
    for (const away of ['outbox_oldest_seconds', 'dead_letters'])
      expect([await measured(away), await value(away)]).toEqual([0, undefined]);
    expect([await measured('parked_events'), await value('parked_events')]).toEqual([1, 0]);

    await h.admin.dataSource.query('alter table outbox_away rename to outbox');
    await registry.metrics();
    expect([await measured('outbox_oldest_seconds'), await value('outbox_oldest_seconds')]).toEqual([1, 0]);
  });
});
