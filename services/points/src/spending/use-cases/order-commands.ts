// What all verbs over orders have in common: one answer for each key, members that exist, accounts locked in id order, one
// save. Commands come as a batch of several members; each gets its own answer, a member's in their order.
import { err, type Result } from '@atrium/kernel';
import { findOrgNodes, idempotentAll, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import type { Ledger } from '../../ledger/domain/ledger';
import type { Hold, HoldKind, HoldStatus } from '../../ledger/domain/records';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import type { Rules } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import { type OrderFault, orderIdOf, type OrderKind, redemptionIdOf, type SpendingPlace } from '../domain/order';
import type { Redemption } from '../domain/redemption';
import { findRedemptions, saveRedemptions } from '../storage/redemption.repository';

export type { OrderFault };

/** Names an order, and the submission. */
export interface OrderCommand {
  readonly key: string;
  readonly actor: string;
  readonly memberId: string;
  readonly place: SpendingPlace;
  readonly kind: OrderKind;
  readonly order: string;
}

export type OrderRefusal =
  { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; path: string; reason: OrderFault } | IdempotencyRefusal;

/** One order of one member, under the account's lock. */
export interface OpenOrder {
  readonly ledger: Ledger;
  readonly rules: Rules;
  readonly orderId: string;
  readonly redemptionId: string;
  /** The newest of the order, in whatever state. */
  readonly hold: Hold | null;
  readonly redemption: Redemption | null;
  /** Keeps a redemption that was made or changed. */
  keep(redemption: Redemption): void;
}

export interface OrderVerb<C extends OrderCommand, T, E> {
  readonly operation: string;
  /** What makes a repeated request another one, besides the order. */
  inputOf(command: C): object;
  /** Reads what deciding needs, for all commands together. */
  prepare?(tx: Tx, commands: readonly C[], rules: Rules): Promise<(command: C, order: OpenOrder) => Result<T, E>>;
  decide?(command: C, order: OpenOrder): Result<T, E>;
  /** True where the lots of an earlier redemption are needed. */
  readonly undoes?: boolean;
}

export function forOrders<C extends OrderCommand, T, E>(verb: OrderVerb<C, T, E>) {
  return async (tx: Tx, commands: readonly C[]): Promise<Result<T, E | OrderRefusal>[]> => {
    const calls = commands.map((command) => {
      const { key, actor, memberId, place, kind, order } = command;
      const input = { memberId, nodeId: place.nodeId, kind, order, ...verb.inputOf(command) };
      return { key, operation: verb.operation, actor, input };
    });
    // Asked for in one go with the keys: what no lock is needed for.
    const known = readAround(tx, commands);
    const done = idempotentAll<T, E | OrderRefusal>(tx, calls, async (places) => {
      const fresh = places.map((i) => commands[i]).filter((command) => command !== undefined);
      return carryOut(tx, verb, fresh, await known);
    });
    const [answers] = await Promise.all([done, known]);
    return answers;
  };
}

interface Around {
  readonly members: ReadonlyMap<string, unknown>;
  readonly rules: Rules;
}

async function readAround(tx: Tx, commands: readonly OrderCommand[]): Promise<Around> {
  const memberIds = [...new Set(commands.map(({ memberId }) => memberId))];
  const [members, rules] = await Promise.all([
    findMembers(tx, memberIds),
    findRules(tx),
    // Events will name their codes.
    findOrgNodes(
      tx,
      commands.map(({ place }) => place.mallId),
    ),
  ]);
  return { members, rules };
}

async function carryOut<C extends OrderCommand, T, E>(
  tx: Tx,
  verb: OrderVerb<C, T, E>,
  commands: readonly C[],
  { members, rules }: Around,
): Promise<Result<T, E | OrderRefusal>[]> {
  const known = commands.filter(({ memberId }) => members.has(memberId));
  if (known.length === 0) return commands.map(() => err({ code: 'NOT_FOUND' }));
  const ids = new Map(known.map((command) => [command, idsOf(command)]));
  const { ledgers, redemptions } = await openOrders(tx, ids, verb.undoes ?? false);
  const decide = verb.prepare ? await verb.prepare(tx, known, rules) : verb.decide;
  if (!decide) throw new Error(`${verb.operation} decides nothing`);
  const answers = commands.map((command): Result<T, E | OrderRefusal> => {
    const ledger = ledgers.get(command.memberId);
    const named = ids.get(command);
    if (!ledger || !named) return err({ code: 'NOT_FOUND' });
    return decide(command, {
      ledger,
      rules,
      ...named,
      hold: newestHold(ledger, named.orderId),
      redemption: redemptions.get(named.redemptionId) ?? null,
      keep: (redemption) => redemptions.set(redemption.id, redemption),
    });
  });
  await saveRedemptions(tx, redemptions.values());
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return answers;
}

interface OrderIds {
  readonly orderId: string;
  readonly redemptionId: string;
}

function idsOf(command: OrderCommand): OrderIds {
  const orderId = orderIdOf(command);
  return { orderId, redemptionId: redemptionIdOf(orderId) };
}

async function openOrders(
  tx: Tx,
  commands: ReadonlyMap<OrderCommand, OrderIds>,
  withLots: boolean,
): Promise<{ ledgers: Map<string, Ledger>; redemptions: Map<string, Redemption> }> {
  const memberIds = [...commands.keys()].map(({ memberId }) => memberId);
  const checkouts = [...commands.values()].map(({ orderId }) => orderId);
  const redemptionIds = [...commands.values()].map(({ redemptionId }) => redemptionId);
  const find = () => findRedemptions(tx, memberIds, redemptionIds);
  if (!withLots) {
    const scope = { lock: true, spending: memberIds, checkouts };
    const [ledgers, redemptions] = await Promise.all([openLedgers(tx, memberIds, scope), find()]);
    return { ledgers, redemptions };
  }
  await lockAccounts(tx, memberIds);
  const redemptions = await find();
  const lots = [...redemptions.values()].flatMap((redemption) => redemption.lots.map(({ lotId }) => lotId));
  return {
    ledgers: await openLedgers(tx, memberIds, { lock: false, spending: memberIds, checkouts, lots }),
    redemptions,
  };
}

/** An order that was let go may be held again; an open hold is always its newest. */
function newestHold(ledger: Ledger, orderId: string): Hold | null {
  const holds = [...ledger.holds.values()].filter(({ checkoutId }) => checkoutId === orderId);
  const rank = (hold: Hold): number => (hold.status === 'HELD' ? Infinity : hold.createdAt.getTime());
  return holds.sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? 1 : -1))[0] ?? null;
}

/** A hold as it is told. */
export interface HoldView {
  id: string;
  kind: HoldKind;
  orderRef: string | null;
  mallId: string | null;
  storeId: string | null;
  points: bigint;
  valueMinor: bigint;
  currency: string | null;
  status: HoldStatus;
  captured: bigint;
  expiresAt: Date;
  extended: boolean;
}

export const toHoldView = (hold: Hold): HoldView => ({
  id: hold.id,
  kind: hold.kind,
  orderRef: hold.orderRef,
  mallId: hold.mallId,
  storeId: hold.storeId,
  points: hold.points,
  valueMinor: hold.valueMinor,
  currency: hold.currency,
  status: hold.status,
  captured: hold.captured,
  expiresAt: hold.expiresAt,
  extended: hold.extended,
});

/** A redemption as it is told. */
export interface RedemptionView {
  id: string;
  kind: string;
  orderRef: string;
  mallId: string | null;
  storeId: string | null;
  points: bigint;
  returned: bigint;
  valueMinor: bigint;
  returnedValueMinor: bigint;
  currency: string | null;
  occurredAt: Date;
}

export const toRedemptionView = (redemption: Redemption): RedemptionView => ({
  id: redemption.id,
  kind: redemption.source.kind,
  orderRef: redemption.source.id,
  mallId: redemption.mallId,
  storeId: redemption.storeId,
  points: redemption.points,
  returned: redemption.returned,
  valueMinor: redemption.valueMinor,
  returnedValueMinor: redemption.returnedValueMinor,
  currency: redemption.currency,
  occurredAt: redemption.occurredAt,
});
