import { isUuid } from '@atrium/kernel';
import { type Caller, can, canAnywhere, requireTenant } from '@atrium/platform/light';
import { Refusal } from '../edge/refusal';
import type { SubscriptionField } from './fields';

/** Reads as the caller, with whatever that caller may see. */
export type Ask = (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>;

type Place = { id?: string; mall?: { id: string }; merchant?: { id: string; mall: { id: string } } } | null;

const PLACES = `query Places($node: ID!, $till: ID!) {
  store(id: $node) { merchant { id mall { id } } }
  merchant(id: $node) { mall { id } }
  mall(id: $node) { id }
  till: store(id: $till) { merchant { id mall { id } } }
}`;

/** Whose changes are told: the id of a member or of a node of the organisation. Throws when the caller may not hear of them. */
export async function targetOf(
  field: SubscriptionField,
  args: Record<string, unknown>,
  caller: Caller,
  ask: Ask,
): Promise<{ groupId: string; id: string }> {
  const groupId = requireTenant(caller);
  const memberId = idIn(args, 'memberId');
  const nodeId = idIn(args, 'nodeId');
  if (memberId !== undefined && nodeId !== undefined) throw wrong('Name a member or a node, not both.');

  if (caller.kind === 'MEMBER' && caller.memberId !== null) {
    if (nodeId !== undefined || (memberId ?? caller.memberId) !== caller.memberId) throw forbidden();
    return { groupId, id: caller.memberId };
  }
  if (field.state) {
    if (memberId === undefined) throw wrong('Name the member: memberId.');
    return { groupId, id: memberId }; // whether she may be seen is answered by what is read first
  }
  if (memberId !== undefined) {
    // Of her sales those are told that happened where the caller reads sales.
    if (!canAnywhere(caller, 'purchase:read')) throw forbidden();
    return { groupId, id: memberId };
  }
  const node = nodeId ?? caller.storeId ?? undefined;
  if (node === undefined) throw wrong('Name a member or a node: memberId or nodeId.');
  await requireSalesAt(node, groupId, caller, ask);
  return { groupId, id: node };
}

/** Sales are told one by one to those who may read each; who may read none there is told so at once. */
async function requireSalesAt(node: string, groupId: string, caller: Caller, ask: Ask): Promise<void> {
  if (node === groupId) {
    if (!can(caller, 'purchase:read', [groupId])) throw forbidden();
    return;
  }
  const found = await ask(PLACES, { node, till: caller.storeId ?? node });
  const path = pathOf(groupId, node, found);
  const till = caller.storeId === null ? [] : (pathOfStore(groupId, caller.storeId, found['till'] as Place) ?? []);
  if (path === undefined || !can(caller, 'purchase:read', path, till)) throw forbidden();
}

function pathOf(groupId: string, node: string, found: Record<string, unknown>): string[] | undefined {
  if (found['mall']) return [groupId, node];
  const merchant = found['merchant'] as Place | undefined;
  if (merchant?.mall) return [groupId, merchant.mall.id, node];
  return pathOfStore(groupId, node, found['store'] as Place);
}

function pathOfStore(groupId: string, store: string, found: Place | undefined): string[] | undefined {
  const merchant = found?.merchant;
  return merchant && [groupId, merchant.mall.id, merchant.id, store];
}

function idIn(args: Record<string, unknown>, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || !isUuid(value)) throw wrong(`${name} is no id.`);
  return value.toLowerCase();
}

function wrong(message: string): Refusal {
  return new Refusal(400, 'BAD_USER_INPUT', message);
}

function forbidden(): Refusal {
  return new Refusal(403, 'FORBIDDEN', 'The caller may not hear of this.');
}
