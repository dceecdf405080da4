// I3 and I5: one key has one effect; every fact is published and applied once by whoever hears it.
import { durableName, LIMITS, PUBLICATIONS, SERVICES, siteDurable, SITE_FACTS, SUBSCRIPTIONS } from '@atrium/contracts';
import type { DescMessage } from '@bufbuild/protobuf';
import { naturalId } from '@atrium/kernel';
import type { Check, Databases } from './databases';

interface Identified {
  id: string;
  group_id: string;
  source_system: string;
  external_id: string;
}

const naturalIds = (kind: 'purchase' | 'refund'): Check => ({
  invariant: 'I3',
  what: `a ${kind}'s id follows from group, source and number: the same one cannot be stored twice`,
  async run(db) {
    const rows = await db.rows<Identified>(
      'merchant-settlement',
      `select id, group_id, source_system, external_id from ${kind}`,
    );
    const violations = rows
      .filter((row) => row.id !== naturalId(kind, row.group_id, row.source_system, row.external_id))
      .map(
        (row) => `merchant-settlement: ${kind} ${row.id} is not what ${row.source_system} ${row.external_id} asks for`,
      );
    return { checked: rows.length, violations };
  },
});

const oneRating: Check = {
  invariant: 'I3',
  what: "each member's sale is rated once, and nothing else is",
  async run(db) {
    const sales = await db.rows<{ id: string }>(
      'merchant-settlement',
      `select id from purchase where member_id is not null`,
    );
    const rated = await db.rows<{ id: string }>('points', `select purchase_id as id from purchase_earn`);
    return compareSets(sales, rated, 'sale is not rated by points', 'rated sale is unknown to settlement');
  },
};

function compareSets(left: { id: string }[], right: { id: string }[], onlyLeft: string, onlyRight: string) {
  const rightIds = new Set(right.map(({ id }) => id));
  const leftIds = new Set(left.map(({ id }) => id));
  return {
    checked: left.length,
    violations: [
      ...left.filter(({ id }) => !rightIds.has(id)).map(({ id }) => `${id}: ${onlyLeft}`),
      ...right.filter(({ id }) => !leftIds.has(id)).map(({ id }) => `${id}: ${onlyRight}`),
    ],
  };
}

const published: Check = {
  invariant: 'I5',
  what: 'every committed fact has been published',
  async run(db) {
    let checked = 0;
    const violations: string[] = [];
    for (const service of db.services) {
      const [total] = await db.rows<{ n: bigint }>(service, 'select count(*) as n from outbox');
      checked += Number(total?.n ?? 0n);
      const rows = await db.rows<{ subject: string; n: bigint }>(
        service,
        'select subject, count(*) as n from outbox where published_at is null group by subject',
      );
      violations.push(...rows.map(({ subject, n }) => `${service}: ${n} facts wait on ${subject}`));
    }
    return { checked, violations };
  },
};

/** Outbox and inbox forget what is older than the retention, each in its own hour; a day less is in both for certain. */
const REMEMBERED_MS = (LIMITS.retentionSeconds - 86_400) * 1_000;
const isRemembered = ({ id }: { id: string }): boolean =>
  Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) > Date.now() - REMEMBERED_MS;

/** What malls with a recording of their own have stated. The hub's settlement states it here again; of the release before, others heard it themselves. */
const statedAtSites = (db: Databases, event: DescMessage): Promise<{ id: string }[]> =>
  SITE_FACTS.some(({ typeName }) => typeName === event.typeName)
    ? db.rows('merchant-settlement', 'select event_id as id from inbox where consumer like $1', [
        siteDurable(event, '%'),
      ])
    : Promise.resolve([]);

const heard: Check = {
  invariant: 'I5',
  what: 'every consumer has applied every fact that it hears, once; nothing is parked',
  async run(db) {
    let checked = 0;
    const violations: string[] = [];
    for (const service of db.services) {
      for (const event of SUBSCRIPTIONS[service]) {
        const publisher = SERVICES.find((name) => PUBLICATIONS[name].includes(event));
        if (!publisher) throw new Error(`nobody states ${event.typeName}`);
        if (!db.services.includes(publisher)) continue;
        const consumer = durableName(service, event);
        const stated = await db.rows<{ id: string }>(
          publisher,
          'select event_id as id from outbox where subject like $1',
          [`${event.typeName}.%`],
        );
        const atSites = new Set((await statedAtSites(db, event)).map(({ id }) => id));
        const own = new Set(stated.map(({ id }) => id));
        const applied = await db.rows<{ id: string }>(service, 'select event_id as id from inbox where consumer = $1', [
          consumer,
        ]);
        const found = compareSets(
          stated.filter(isRemembered),
          applied.filter((one) => isRemembered(one) && (own.has(one.id) || !atSites.has(one.id))),
          `${event.name} was not applied by ${consumer}`,
          `${consumer} applied an event that nobody stated`,
        );
        checked += found.checked;
        violations.push(...found.violations);
      }
      const parked = await db.rows<{ consumer: string; reason: string; n: bigint }>(
        service,
        'select consumer, reason, count(*) as n from parked_event group by consumer, reason',
      );
      violations.push(...parked.map(({ consumer, reason, n }) => `${service}: ${n} parked for ${consumer}: ${reason}`));
    }
    return { checked, violations };
  },
};

export const FACT_CHECKS: Check[] = [naturalIds('purchase'), naturalIds('refund'), oneRating, published, heard];
