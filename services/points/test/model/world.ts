// The points service on a real PostgreSQL, reached through its consumers and verbs; the broker is left out so that
// thousands of steps take seconds. What must wait for something is tried again after every step, as the runner does.
import { create, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { HUB } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import {
  type Caller,
  type Consumer,
  type Database,
  encodeJson,
  migrate,
  MissingDependency,
  openDatabase,
} from '@atrium/platform';
import { cloneDatabase, type ControllableClock, controllableClock } from '@atrium/testkit';
import { bindVerbs, type PointsApp, pointsService } from '../../src/app';

export interface World {
  clock: ControllableClock;
  db: Database;
  /** Row-level security does not bind it: for looking. */
  admin: Database;
  app: PointsApp;
  close(): Promise<void>;
}

export async function openWorld(now: Date): Promise<World> {
  const database = await cloneDatabase('points', async (url) => {
    await migrate({ url, entities: pointsService.entities, migrations: pointsService.migrations });
  });
  const clock = controllableClock(now);
  const db = await openDatabase({ url: database.appUrl, entities: pointsService.entities, clock, poolSize: 8 });
  const admin = await openDatabase({ url: database.adminUrl, clock, poolSize: 2 });
  return {
    clock,
    db,
    admin,
    // No campaign of the model asks for a birthday.
    app: bindVerbs(db, { birthdays: () => Promise.reject(new Error('nobody is asked')) }),
    async close() {
      await db.close();
      await admin.close();
      await database.drop();
    },
  };
}

/** One mall group of a world: its facts, and who asks in its name. */
export class Tenant {
  readonly groupId: string;
  readonly caller: Caller;
  private readonly consumers: readonly Consumer[];
  private parked: { consumer: Consumer; event: Parameters<Consumer['handle']>[1][number] }[] = [];

  constructor(
    readonly world: World,
    name: string,
  ) {
    this.groupId = naturalId('group', name);
    this.consumers = pointsService.consumers(world.app, HUB);
    this.caller = {
      kind: 'STAFF',
      id: 'model',
      groupId: this.groupId,
      memberId: null,
      storeId: null,
      name: null,
      grants: [{ role: 'group-admin', nodeId: this.groupId }],
      permissions: [],
    };
  }

  /** Every id follows from its name, so that two tenants with the same story have the same shapes. */
  id(...name: string[]): string {
    return naturalId('model', this.groupId, ...name);
  }

  async deliver<S extends DescMessage>(
    schema: S,
    message: MessageInitShape<S>,
    aggregateId: string,
    version = 1n,
  ): Promise<void> {
    const consumer = this.consumers.find(({ event }) => event.typeName === schema.typeName);
    if (!consumer) throw new Error(`nobody hears ${schema.typeName}`);
    const now = this.world.clock.now();
    const event = {
      eventId: uuidv7(now),
      groupId: this.groupId,
      siteId: null,
      aggregateId,
      aggregateVersion: version,
      occurredAt: now,
      message: create(schema, message),
    };
    this.parked.push({ consumer, event });
    for (let progress = true; progress;) {
      progress = false;
      for (const waiting of this.parked.splice(0)) {
        if (await this.apply(waiting)) progress = true;
        else this.parked.push(waiting);
      }
      if (this.parked.length === 0) return;
    }
  }

  private async apply({ consumer, event }: Tenant['parked'][number]): Promise<boolean> {
    try {
      await this.world.db.inTransaction(this.groupId, (tx) => consumer.handle(tx, [event]));
      return true;
    } catch (error) {
      if (error instanceof MissingDependency) return false;
      throw error;
    }
  }

  /** A version of a rule as if it had been published: the model checks what rules do, not how they are made. */
  async rule(kind: string, code: string, terms: unknown, from: Date, to: Date | null = null): Promise<void> {
    await this.world.admin.dataSource.query(
      `insert into points_rule (group_id, id, rule_id, kind, code, version, effective_from, effective_to, status, terms,
         drafted_by, drafted_at, approved_by, approved_at, published_by, published_at)
       values ($1, $2, $3, $4, $5, 1, $6, $7, 'ACTIVE', $8, 'model', $6, 'model', $6, 'model', $6)`,
      [this.groupId, this.id('rule', kind, code), this.id('rule', kind, code), kind, code, from, to, encodeJson(terms)],
    );
  }
}
