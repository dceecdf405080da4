import { PublicError } from '../auth/errors';
import type { Database, Tx } from './database';
import { isDatabaseAway } from './failures';

export interface CoalesceOptions<C, R> {
  /**
   * Carries commands of one tenant out in one transaction and gives each its own answer, in order. A refusal is an answer.
   * What it throws is nobody's answer yet: the commands are then taken one by one.
   */
  run(tx: Tx, commands: readonly C[]): Promise<readonly R[]>;
  /** Whose commands keep their order: usually the member. */
  ownerOf(command: C): string;
  /** Commands in one transaction, at most. */
  batch?: number;
  /** Transactions under way together, at most: while they run, the next batch gathers. */
  inFlight?: number;
  /** Commands that may wait; one more is refused at once. */
  waiting?: number;
}

interface Waiting<C, R> {
  command: C;
  resolve(answer: R): void;
  reject(error: unknown): void;
}

/**
 * Lets concurrent requests of one kind share transactions. Nobody waits for company: a request goes at once when a
 * transaction may begin, and those that arrive meanwhile go together in the next one. Tenants take turns. Commands of one owner
 * are never in two transactions at once, and keep their order.
 */
export function coalesce<C, R>(
  db: Pick<Database, 'inTransaction'>,
  options: CoalesceOptions<C, R>,
): (groupId: string, command: C) => Promise<R> {
  const { run, ownerOf, batch = 128, inFlight = 2, waiting: limit = 10_000 } = options;
  /** By tenant, oldest first; a tenant that was served goes to the end. */
  const queues = new Map<string, Waiting<C, R>[]>();
  const busy = new Set<string>();
  let waiting = 0;
  let underWay = 0;
  let called = false;

  /** What arrives in one turn of the event loop goes together. */
  function callNext(): void {
    if (called) return;
    called = true;
    setImmediate(() => {
      called = false;
      startBatches();
    });
  }

  function startBatches(): void {
    for (const [groupId, queue] of [...queues]) {
      if (underWay >= inFlight) return;
      const taken = take(queue);
      if (taken.length === 0) continue;
      queues.delete(groupId);
      if (queue.length > 0) queues.set(groupId, queue);
      const owners = new Set(taken.map(({ command }) => ownerOf(command)));
      for (const owner of owners) busy.add(owner);
      waiting -= taken.length;
      underWay++;
      void settle(groupId, taken).then(() => {
        underWay--;
        for (const owner of owners) busy.delete(owner);
        if (waiting > 0) callNext();
      });
    }
  }

  /** The oldest commands whose owners are not being worked for; takes them out of the queue. */
  function take(queue: Waiting<C, R>[]): Waiting<C, R>[] {
    const taken: Waiting<C, R>[] = [];
    const passed: Waiting<C, R>[] = [];
    let seen = 0;
    for (; seen < queue.length && taken.length < batch; seen++) {
      const item = queue[seen] as Waiting<C, R>;
      (busy.has(ownerOf(item.command)) ? passed : taken).push(item);
    }
    queue.splice(0, seen, ...passed);
    return taken;
  }

  /** Answers each; never throws. */
  async function settle(groupId: string, items: readonly Waiting<C, R>[]): Promise<void> {
    const commands = items.map(({ command }) => command);
    let answers: readonly R[];
    try {
      answers = await db.inTransaction(groupId, (tx) => run(tx, commands));
      if (answers.length !== items.length) throw new Error(`${answers.length} answers to ${items.length} commands`);
    } catch (error) {
      // Nobody knows whether a lost connection lost the commit, so nothing is repeated here.
      if (items.length === 1 || isDatabaseAway(error)) for (const { reject } of items) reject(error);
      else for (const item of items) await settle(groupId, [item]);
      return;
    }
    items.forEach(({ resolve }, i) => resolve(answers[i] as R));
  }

  return (groupId, command) =>
    new Promise((resolve, reject) => {
      if (waiting >= limit) return reject(new PublicError('UNAVAILABLE', 'Too many requests are waiting: try again.'));
      waiting++;
      const queue = queues.get(groupId);
      if (queue) queue.push({ command, resolve, reject });
      else queues.set(groupId, [{ command, resolve, reject }]);
      callNext();
    });
}
