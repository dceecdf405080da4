import { durableName, OrgNodeRecordedSchema, REQUESTS, SUBSCRIPTIONS, type OrgNodeRecorded } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { Field, Int, ObjectType, Query, Resolver, Arg } from 'type-graphql';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  buildSubgraph,
  consumer,
  type Delivered,
  enableRowLevelSecurity,
  event,
  type Fact,
  type FactAddress,
  MissingDependency,
  PlatformTables1763769600000,
  PublicError,
  type RequestContext,
  respond,
  type ServiceConfig,
  type ServiceDefinition,
  type Tx,
} from '../../src';

export const GROUP = naturalId('group', 'ONE');
export const OTHER_GROUP = naturalId('group', 'TWO');

/** What was heard, how often it was applied, and one table that is a ledger. */
class TinyTables1763769700000 implements MigrationInterface {
  name = 'TinyTables1763769700000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`create table heard (
      id uuid primary key, group_id uuid not null, code text not null, times integer not null, place serial)`);
    await qr.query(`grant usage on sequence heard_place_seq to atrium_app`);
    await enableRowLevelSecurity(qr, 'heard');
    await qr.query(`create table entry (id integer primary key, group_id uuid not null)`);
    await enableRowLevelSecurity(qr, 'entry', { ledger: true });
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** How long `slow` waits; a test opens the gate. */
export interface Gate {
  entered: Promise<void>;
  open(): void;
}

let enter: () => void = () => undefined;
let opened: Promise<void> = Promise.resolve();

export function closeGate(): Gate {
  let open: () => void = () => undefined;
  opened = new Promise((resolve) => (open = resolve));
  return { entered: new Promise((resolve) => (enter = resolve)), open };
}

async function throughGate(): Promise<void> {
  enter();
  await opened;
}

@ObjectType('Heard')
class HeardType {
  @Field(() => Int)
  times: number;
}

@Resolver(() => HeardType)
class TinyResolver {
  @Query(() => Boolean)
  async slow(): Promise<boolean> {
    await throughGate();
    return true;
  }

  @Query(() => HeardType, { nullable: true })
  broken(@Arg('how', () => String) how: string): HeardType {
    if (how === 'public') throw new PublicError('FORBIDDEN', 'Not for you.');
    if (how === 'away') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    if (how === 'locked') throw Object.assign(new Error('lock timeout'), { code: '55P03' });
    throw new Error('secret-in-an-error');
  }
}

/** POISON… fails, NEEDS:x waits until x was heard, anything else is counted. */
export async function hear(tx: Tx, events: readonly Delivered<OrgNodeRecorded>[]): Promise<void> {
  for (const { message } of events) {
    if (message.code.startsWith('POISON')) throw new Error(`poison ${message.code}`);
    const [, needed] = /^NEEDS:(.+)$/.exec(message.code) ?? [];
    if (needed !== undefined) {
      const rows = await tx.query(`select 1 from heard where code = $1`, [needed]);
      if (rows.length === 0) throw new MissingDependency(`${needed} has not been heard`);
    }
    await tx.query(
      `insert into heard (id, group_id, code, times) values ($1, $2, $3, 1)
       on conflict (id) do update set times = heard.times + 1`,
      [message.nodeId, tx.groupId, message.code],
    );
  }
}

export const onOrgNode = consumer({ name: 'member-on-org-node-recorded', event: OrgNodeRecordedSchema, handle: hear });

/** What the service of that name hears as well, and what this one has no use for. */
const unheeded = SUBSCRIPTIONS.member
  .filter((schema) => schema !== OrgNodeRecordedSchema)
  .map((schema) => consumer({ name: durableName('member', schema), event: schema, handle: () => Promise.resolve() }));

export const tinyService: ServiceDefinition<ServiceConfig, object, RequestContext> = {
  name: 'member',
  entities: [],
  migrations: [PlatformTables1763769600000, TinyTables1763769700000],
  createApp: () => ({}),
  buildSubgraph: () => buildSubgraph({ resolvers: [TinyResolver] }),
  createContext: (request) => request,
  consumers: () => [onOrgNode, ...unheeded],
  jobs: () => [],
  responders: () => [
    respond(REQUESTS.resolveContact, async (_db, _groupId, request) => {
      if (request.memberId === 'broken') throw new Error('secret');
      if (request.memberId === 'slow') await throughGate();
      return { found: request.memberId !== '', phone: '', locale: 'en' };
    }),
  ],
};

/** A fact that this service hears itself, so that one database shows the whole way round. */
export function fact(code: string, ownerId: string = uuidv7(new Date())): [Fact, FactAddress] {
  const nodeId = uuidv7(new Date());
  return [
    event(OrgNodeRecordedSchema, { nodeId, code }),
    { aggregateId: nodeId, ownerId, occurredAt: new Date('2026-03-10T04:00:00Z') },
  ];
}
