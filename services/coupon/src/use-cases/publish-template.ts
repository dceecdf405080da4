// Publish a template: a new version from an instant on. Coupons that were issued keep theirs.
import { err, isUuid, naturalId, ok, type Result } from '@atrium/kernel';
import {
  type Caller,
  findOrgNode,
  findOrgNodes,
  idempotent,
  type IdempotencyRefusal,
  publishAll,
  requirePermission,
  type Tx,
} from '@atrium/platform';
import { problemOf, type Scope, type TemplateTerms, type TermsProblem } from '../domain/template';
import { templatePublished } from '../events/coupon-events';
import { addStock } from '../storage/stock.repository';
import { addTemplate, addVersion, lockTemplate, setPaused } from '../storage/template.repository';

export interface PublishTemplate {
  key: string;
  /** The mall that publishes; null for the group. */
  nodeId: string | null;
  terms: TemplateTerms;
}

export type PublishTemplateRefusal =
  { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; problem: TermsProblem } | IdempotencyRefusal;

export async function publishTemplate(
  tx: Tx,
  caller: Caller,
  { key, nodeId, terms }: PublishTemplate,
): Promise<Result<{ templateId: string; version: bigint }, PublishTemplateRefusal>> {
  const groupId = tx.groupId as string;
  if (nodeId !== null && !isUuid(nodeId)) return err({ code: 'NOT_FOUND' });
  const node = await findOrgNode(tx, nodeId?.toLowerCase() ?? groupId);
  if (!node && nodeId === null) requirePermission(caller, 'coupon:templates', [groupId]);
  if (!node || (node.kind !== 'GROUP' && node.kind !== 'MALL')) return err({ code: 'NOT_FOUND' });
  requirePermission(caller, 'coupon:templates', node.path);
  const mallId = node.kind === 'MALL' ? node.id : null;
  // A mall's template holds in that mall alone.
  const scoped = {
    ...terms,
    scope: mallId && terms.scope.mallIds.length === 0 ? { ...terms.scope, mallIds: [mallId] } : terms.scope,
  };
  const problem = problemOf(scoped) ?? (await problemOfPlaces(tx, scoped, mallId));
  if (problem) return err({ code: 'INVALID_INPUT', problem });
  const call = { key, actor: caller.id, operation: 'publishCouponTemplate', input: { nodeId, terms } };
  return idempotent<{ templateId: string; version: bigint }, PublishTemplateRefusal>(tx, call, async () => {
    const id = naturalId('coupon-template', groupId, scoped.code);
    await addTemplate(tx, { id, code: scoped.code, mallId });
    const head = await lockTemplate(tx, id);
    if (head?.mallId !== mallId) {
      return err({ code: 'INVALID_INPUT', problem: { path: ['code'], reason: 'is used by another node' } });
    }
    const version = head.version + 1n;
    await addVersion(tx, id, version, scoped, { timeZone: node.timeZone, actor: caller.id });
    if (scoped.stock !== null) await addStock(tx, id, version, scoped.stock);
    await publishAll(tx, [templatePublished(id, scoped.code, version, tx.now)]);
    return ok({ templateId: id, version });
  });
}

/** Places and funders must be of this mall group, and of the mall when one publishes. */
async function problemOfPlaces(
  tx: Tx,
  { scope, funding }: TemplateTerms,
  mallId: string | null,
): Promise<TermsProblem | null> {
  const parties = funding.map(({ party }) => party).filter((party) => party !== 'MALL' && party !== 'MERCHANT');
  const groups: [keyof Scope | 'funding', string, readonly string[]][] = [
    ['mallIds', 'MALL', scope.mallIds],
    ['merchantIds', 'MERCHANT', scope.merchantIds],
    ['storeIds', 'STORE', scope.storeIds],
    ['funding', 'MERCHANT', parties],
  ];
  const nodes = await findOrgNodes(
    tx,
    groups.flatMap(([, , ids]) => ids.filter(isUuid)),
  );
  for (const [field, kind, ids] of groups) {
    for (const id of ids) {
      const node = nodes.get(id);
      if (node?.kind === kind && (mallId === null || node.path.includes(mallId))) continue;
      return { path: field === 'funding' ? ['funding'] : ['scope', field], reason: `is no ${kind.toLowerCase()} here` };
    }
  }
  return null;
}

/** Stops or resumes claims and gifts; coupons that were issued stay good. */
export async function pauseTemplate(
  tx: Tx,
  caller: Caller,
  command: { key: string; templateId: string; paused: boolean },
): Promise<Result<{ templateId: string; version: bigint }, { code: 'NOT_FOUND' } | IdempotencyRefusal>> {
  if (!isUuid(command.templateId)) return err({ code: 'NOT_FOUND' });
  const { key, ...input } = command;
  const head = await lockTemplate(tx, command.templateId.toLowerCase());
  if (!head) return err({ code: 'NOT_FOUND' });
  requirePermission(caller, 'coupon:templates', [tx.groupId as string, ...(head.mallId ? [head.mallId] : [])]);
  return idempotent(tx, { key, actor: caller.id, operation: 'pauseCouponTemplate', input }, async () => {
    await setPaused(tx, head.id, input.paused);
    return ok({ templateId: head.id, version: head.version });
  });
}
