// A feature of the points service, drawn the same way each time: its tables, its verbs, its doors in.
import {
  type Caller,
  coalesce,
  type Consumer,
  type Database,
  type EntityClass,
  type Job,
  requireTenant,
  type Responder,
  type Tx,
} from '@atrium/platform';
import type { ApprovalExecutor } from './desk/use-cases/approvals';
import type { AskBirthdays } from './earning/events/birthday-requests';

/** How verbs reach the database, each in its own transaction. */
export interface Transactions {
  readonly db: Database;
  /** For the API: in the caller's tenant. */
  asked<T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For requests and jobs that name the tenant. */
  tenant<T>(groupId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Binds a verb that takes a list of commands: concurrent callers share transactions, each with its own answer. */
  together<C, R>(
    run: (tx: Tx, commands: readonly C[]) => Promise<readonly R[]>,
    ownerOf: (command: C) => string,
  ): (groupId: string, command: C) => Promise<R>;
  /** For jobs that look for work of any tenant. */
  system<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly ask: Questions;
}

/** What is asked of other contexts, see `REQUESTS` of the contracts. */
export interface Questions {
  birthdays: AskBirthdays;
}

export const transactions = (db: Database, ask: Questions): Transactions => ({
  db,
  ask,
  asked: (caller, work) => db.inTransaction(requireTenant(caller), work),
  tenant: (groupId, work) => db.inTransaction(groupId, work),
  together: (run, ownerOf) => coalesce(db, { run, ownerOf }),
  system: (work) => db.inSystemTransaction(work),
});

export interface Feature<Verbs extends object> {
  readonly entities: readonly EntityClass[];
  verbs(transactions: Transactions): Verbs;
  /** Resolver classes, GraphQL's doors in. */
  readonly resolvers: readonly (new () => object)[];
  /** What it asks a second person for, and what happens when that person agrees. */
  readonly approvals?: readonly ApprovalExecutor[];
  consumers?(verbs: Verbs): readonly Consumer[];
  jobs?(verbs: Verbs): readonly Job[];
  responders?(verbs: Verbs): readonly Responder[];
}
