import { isUuid } from '@atrium/kernel';
import { type ClientBase, type PoolClient, types } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type MigrationInterface } from 'typeorm';
import { inSpan, SpanKind, traceparent } from '../telemetry/tracing';
import { type Clock, systemClock } from './clock';
import { cannotConnect, isReadOnly, sqlState } from './failures';
import { Writes, type Write } from './writes';

// int8 is exact in TypeScript too; a calendar day is a text without a zone.
types.setTypeParser(types.builtins.INT8, (text) => BigInt(text));
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(1016 as never, (text: string) => parseInt8Array(text));
// pg's own reading of instants costs more than the rest of a row together.
const readInstant = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => Date;
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => parseInstant(text) ?? readInstant(text));

/** `2026-03-10 04:00:00.123+00`, as a server in UTC writes it; undefined for anything else. */
export function parseInstant(text: string): Date | undefined {
  const fraction = text.length === 22 ? 0 : text.length - 23;
  if (fraction < 0 || fraction > 6 || text.charCodeAt(4) !== 45 || !text.endsWith('+00')) return undefined;
  const number = (from: number, digits: number): number => {
    let value = 0;
    for (let i = from; i < from + digits; i++) value = value * 10 + text.charCodeAt(i) - 48;
    return value;
  };
  const milliseconds = fraction === 0 ? 0 : Math.floor(number(20, fraction) / 10 ** (fraction - 3));
  const at = Date.UTC(
    number(0, 4),
    number(5, 2) - 1,
    number(8, 2),
    number(11, 2),
    number(14, 2),
    number(17, 2),
    milliseconds,
  );
  return new Date(at);
}

function parseInt8Array(text: string): bigint[] {
  const inner = text.slice(1, -1);
  return inner === '' ? [] : inner.split(',').map(BigInt);
}

/** One database transaction. Passed first to everything that reads or writes rows. */
export interface Tx {
  /** Business time of this transaction: one instant for all that it writes. */
  readonly now: Date;
  /** The tenant whose rows are visible; null in a system transaction, which sees all. */
  readonly groupId: string | null;
  /** TypeORM on the same connection, for administration and reads. */
  readonly manager: EntityManager;
  query<R = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>;
  /** Like `query`, planned once per connection under `name`: for hot paths. */
  prepared<R = Record<string, unknown>>(name: string, sql: string, values?: unknown[]): Promise<R[]>;
  /** Like `prepared`, of tables that this transaction does not write: what `write` holds back may go on waiting. */
  lookUp<R = Record<string, unknown>>(name: string, sql: string, values?: unknown[]): Promise<R[]>;
  /**
   * Holds changes back and sends them as one statement: before the next statement of this transaction, or before its commit.
   * Those of one call must not touch the same row.
   */
  write(...changes: Write[]): Promise<void>;
  /** Runs after the commit, never after a rollback. */
  afterCommit(action: () => void): void;
}

export interface Database {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  /** Runs `work` in a transaction that sees one tenant. Retries only serialisation failures and deadlocks, at most three times. */
  inTransaction<T>(groupId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction that sees every tenant: for the relay, jobs and start-up. */
  inSystemTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type EntityClass = EntityTarget<object> & (abstract new (...args: never[]) => object);
export type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  url: string;
  entities?: EntityClass[];
  migrations?: MigrationClass[];
  poolSize?: number;
  /** For a free connection. */
  waitMs?: number;
  clock?: Clock;
  /** 0: no limit, for commands that a person started. */
  statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  name?: string;
}

/** Which migrations were applied, by TypeORM. */
export const MIGRATION_TABLE = 'migration';

const RETRYABLE = new Set(['40001', '40P01']);
const MAX_TRIES = 4;
/** A statement after the one that failed. */
const ABORTED = '25P02';

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const clock = options.clock ?? systemClock;
  /** Why connections ended that ended between two statements: whoever sends the next one is told no more than that it cannot be sent. */
  const lost = new WeakMap<ClientBase, Error>();
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: options.entities ?? [],
    migrations: options.migrations ?? [],
    migrationsTableName: MIGRATION_TABLE,
    synchronize: false,
    applicationName: options.name ?? 'atrium',
    extra: {
      max: options.poolSize ?? 8,
      // Statements that are asked for together travel together, and are carried out one after the other.
      pipeline: true,
      statement_timeout: statementTimeoutMs,
      // A server that is gone without a word ends no statement: then the connection is given up on this side.
      ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + 5_000 }),
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      idle_in_transaction_session_timeout: 60_000,
      connectionTimeoutMillis: options.waitMs ?? 5_000,
      // From its first moment on: an error that nobody listens to would end the process.
      onConnect: (client: ClientBase) =>
        void client.on('error', (error) => void (lost.has(client) || lost.set(client, error))),
    },
    // A connection that the server closed while idle must not end the process.
    poolErrorHandler: () => undefined,
  });
  await dataSource.initialize().catch((error: unknown) => {
    throw cannotConnect(options, error) ?? error;
  });

  async function once<T>(begin: string, groupId: string | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const after: (() => void)[] = [];
    const statements = statementsOf(client);
    let over = false;
    /** What ended the transaction: statements that were on their way behind it say only that it has ended. */
    let cause: unknown;
    const send: Send = async (statement) => {
      // Who asked for several things at once may still be at it when one of them has failed.
      if (over) throw new Error('this transaction is over');
      try {
        return await statements(statement);
      } catch (error) {
        cause ??= error;
        throw error;
      }
    };
    const writes = new Writes(send);
    let result: T;
    try {
      // Goes with the first statements; should it fail, row-level security lets nothing through.
      const begun = client.query(begin);
      begun.catch(() => undefined);
      // TypeORM must not open a second transaction for its own statements on this connection.
      Object.assign(runner, { isTransactionActive: true });
      const ask = async (statement: Statement, after?: Promise<unknown>) => {
        const [{ rows }] = await Promise.all([send(statement), after]);
        return rows;
      };
      result = await work({
        now: clock.now(),
        groupId,
        manager: runner.manager,
        query: (text, values) => ask({ text, values }, writes.send()),
        prepared: (name, text, values) => ask({ name, text, values }, writes.send()),
        lookUp: (name, text, values) => ask({ name, text, values }),
        write: (...changes) => writes.add(changes),
        afterCommit: (action) => void after.push(action),
      });
      // The last changes check themselves: when they fail there is nothing left to commit.
      await Promise.all([begun, writes.send(), client.query('COMMIT')]);
    } catch (error) {
      over = true;
      await client.query('ROLLBACK').catch(() => undefined);
      const first = sqlState(error) === ABORTED ? (cause ?? error) : error;
      // This is how TypeORM hears that a connection must not be used again.
      if (isReadOnly(first)) client.emit('error', first as Error);
      throw hasCode(first) ? first : (lost.get(client) ?? first);
    } finally {
      over = true;
      Object.assign(runner, { isTransactionActive: false });
      await runner.release();
    }
    for (const action of after) action();
    return result;
  }

  async function retrying<T>(begin: string, groupId: string | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(begin, groupId, work);
      } catch (error) {
        if (attempt >= MAX_TRIES || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  return {
    dataSource,
    clock,
    inTransaction: (groupId, work) => {
      if (!isUuid(groupId)) return Promise.reject(new Error('a tenant is a UUID'));
      // One round trip; the id was checked to be a UUID, so it can stand in the text.
      return retrying(`BEGIN; SET LOCAL atrium.group_id = '${groupId}'`, groupId, work);
    },
    inSystemTransaction: (work) => retrying(`BEGIN; SET LOCAL atrium.system = 'on'`, null, work),
    close: () => dataSource.destroy(),
  };
}

const hasCode = (error: unknown): boolean => typeof (error as { code?: unknown } | null)?.code === 'string';

interface Statement {
  name?: string;
  text: string;
  values: unknown[] | undefined;
}

type Send = (statement: Statement) => Promise<{ rows: never[] }>;

/** The way to send statements over one connection; a span each in a request that is traced. */
function statementsOf(client: PoolClient): Send {
  const send: Send = ({ values, ...statement }) => client.query({ ...statement, ...(values ? { values } : {}) });
  if (traceparent() === undefined) return send;
  return (statement) => {
    const { name, text } = statement;
    const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, 400) };
    return inSpan(name ?? text.trim().slice(0, 40), { kind: SpanKind.CLIENT, attributes }, () => send(statement));
  };
}

/** Refuses a server that acknowledges commits before they are durable. */
export async function requireDurableCommits(db: Database): Promise<void> {
  const [row] = (await db.dataSource.query(`select current_setting('synchronous_commit') as mode`)) as {
    mode: string;
  }[];
  if (row?.mode === 'off')
    throw new Error('PostgreSQL runs with synchronous_commit=off: acknowledged writes could be lost. Set it to on.');
}
