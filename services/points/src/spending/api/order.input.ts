import { isUuid, parseMoney } from '@atrium/kernel';
import {
  can,
  canAnywhere,
  isSelf,
  type MoneyInput,
  type Permission,
  PublicError,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import type { PointsContext } from '../../api/context';
import type { SpendCommand } from '../use-cases/hold-orders';
import type { OrderCommand, OrderFault } from '../use-cases/order-commands';
import { PointsOrderKind, type PointsOrderInput, type PointsOrderLineInput } from './order.type';

export interface OrderArguments {
  idempotencyKey: string;
  memberId: string;
  order: PointsOrderInput;
}

/**
 * Who may act on an order: shop staff and services at its place, a till at its own store. `mall`: a till of the same mall too.
 * `self`: the member for whom an order of a car park or a shop on the net is.
 */
export async function orderFor(
  { app, caller }: PointsContext,
  args: OrderArguments,
  permission: Permission,
  also: { self?: boolean; mall?: boolean } = {},
): Promise<OrderCommand | null> {
  const { idempotencyKey: key, memberId, order } = args;
  requireTenant(caller);
  const own = also.self === true && isSelf(caller, memberId) && order.kind !== PointsOrderKind.POS;
  if (!own && !canAnywhere(caller, permission)) requirePermission(caller, permission, []);
  if (!isUuid(memberId) || !isUuid(order.nodeId)) return null;
  const place = await app.spendingPlace(caller, order.nodeId.toLowerCase());
  if (!place) return null;
  const { path, ...at } = place;
  if (!own) {
    const till = also.mall && caller.storeId !== null ? await app.spendingPlace(caller, caller.storeId) : null;
    if (!can(caller, permission, path, till?.path ?? [])) {
      throw new PublicError('FORBIDDEN', `This needs the permission ${permission} here.`);
    }
  }
  return { key, actor: caller.id, memberId: memberId.toLowerCase(), place: at, kind: order.kind, order: order.number };
}

export interface SpendArguments extends OrderArguments {
  points?: bigint | null;
  value?: MoneyInput | null;
  lines?: PointsOrderLineInput[] | null;
  ruleVersionId?: string | null;
}

/** Reads amounts; a fault names the field. */
export function readSpend(
  order: OrderCommand,
  { points, value, lines, ruleVersionId }: Omit<SpendArguments, keyof OrderArguments>,
): SpendCommand | { path: string; reason: OrderFault } {
  const payable = lines ? readLines(lines) : null;
  if (payable && 'reason' in payable) return payable;
  const amount = value ? parseMoney(value.amount, value.currency) : null;
  if (amount && (!amount.ok || (payable && amount.value.currency !== payable.currency))) {
    return { path: 'value', reason: 'CURRENCY' };
  }
  return {
    ...order,
    points: points ?? null,
    valueMinor: amount?.ok ? amount.value.amountMinor : null,
    payable,
    quotedRuleVersionId: ruleVersionId?.toLowerCase() ?? null,
  };
}

export function readLines(
  lines: readonly PointsOrderLineInput[],
): { currency: string; lines: { category: string; toPayMinor: bigint }[] } | { path: string; reason: OrderFault } {
  const currency = lines[0]?.toPay.currency ?? '';
  const read: { category: string; toPayMinor: bigint }[] = [];
  for (const { category, toPay } of lines) {
    const amount = parseMoney(toPay.amount, toPay.currency);
    if (!amount.ok || amount.value.currency !== currency) return { path: 'lines', reason: 'CURRENCY' };
    read.push({ category, toPayMinor: amount.value.amountMinor });
  }
  return lines.length === 0 ? { path: 'lines', reason: 'LINES' } : { currency, lines: read };
}
