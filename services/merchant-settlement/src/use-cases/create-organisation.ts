// The verbs that build an organisation, each below a node that is there already.
import type { Place } from '@atrium/contracts';
import { err, isUuid, naturalId, type Result, siteToken } from '@atrium/kernel';
import { findOrgNode, type OrgNode, type Tx } from '@atrium/platform';
import { checkCodeAndName, checkPlace, checkPrice, readDayCut } from '../domain/organisation';
import type { Invalid } from '../domain/sale';
import { claimSite } from '../storage/site.repository';
import { createNode, type CreateNodeRefusal } from './create-node';
import { publishTerms } from './publish-contract';

export type { CreateNodeRefusal };

export interface Actor {
  id: string;
  /** Whether the caller may work on the organisation at this node. */
  may(path: readonly string[]): boolean;
}

interface Named {
  code: string;
  name: string;
}
interface Placed extends Named {
  timeZone: string;
  currency: string;
}

const invalid = (why: Invalid) => err<CreateNodeRefusal>({ code: 'INVALID', ...why });
type Created = Promise<Result<{ node: OrgNode }, CreateNodeRefusal>>;

/** The tenant itself, with the terms that hold where nothing else is agreed: the mall bears what points cost. */
export async function createMallGroup(
  tx: Tx,
  input: Placed & { dayCutMinutes: number; pointUnitValue: string },
  actor: Actor,
): Created {
  const wrong =
    checkCodeAndName(input.code, input.name) ??
    checkPlace(input.timeZone, input.currency, input.dayCutMinutes) ??
    checkPrice(input.pointUnitValue, 'pointUnitValue');
  if (wrong) return invalid(wrong);
  const id = naturalId('group', input.code);
  // The group is the tenant of the caller's own token: no other can be made.
  if (id !== tx.groupId || !actor.may([id])) return err({ code: 'NOT_FOUND' });
  const { code, name, timeZone, currency, dayCutMinutes } = input;
  const result = await createNode(tx, { id, kind: 'GROUP', path: [id], code, name, timeZone, currency, dayCutMinutes });
  if (result.ok && result.value.created) {
    const terms = { pointPriceAtEarn: '0', burnShareBps: 0, couponShareBps: 0, pointUnitValue: input.pointUnitValue };
    await publishTerms(tx, result.value.node, { ...terms, effectiveFrom: new Date(0) }, actor.id);
  }
  return result;
}

export const createMall =
  ({ sites }: Place) =>
  async (tx: Tx, input: Placed & { dayCut: string }, actor: Actor): Created => {
    const dayCutMinutes = readDayCut(input.dayCut);
    const wrong = checkCodeAndName(input.code, input.name) ?? checkPlace(input.timeZone, input.currency, dayCutMinutes);
    if (wrong) return invalid(wrong);
    const group = tx.groupId ? await findOrgNode(tx, tx.groupId) : null;
    if (!group || dayCutMinutes === null || !actor.may(group.path)) return err({ code: 'NOT_FOUND' });
    const { code, name, timeZone, currency } = input;
    const id = naturalId('mall', group.id, code);
    const site = siteToken(code);
    if (sites.includes(site) && !(await claimSite(tx, site, { groupId: group.id, id })))
      return invalid({ path: ['code'], reason: 'NAME_OF_A_SITE' });
    return createNode(tx, { id, kind: 'MALL', path: [group.id, id], code, name, timeZone, currency, dayCutMinutes });
  };

export async function createMerchant(tx: Tx, input: Named & { mallId: string }, actor: Actor): Created {
  const wrong = checkCodeAndName(input.code, input.name);
  if (wrong) return invalid(wrong);
  const mall = await parent(tx, input.mallId, 'MALL', actor);
  if (!mall) return err({ code: 'NOT_FOUND' });
  const id = naturalId('merchant', mall.path[0] ?? '', mall.code, input.code);
  return createNode(tx, { ...below(mall, id, input), kind: 'MERCHANT' });
}

export async function createStore(tx: Tx, input: Named & { merchantId: string }, actor: Actor): Created {
  const wrong = checkCodeAndName(input.code, input.name);
  if (wrong) return invalid(wrong);
  const merchant = await parent(tx, input.merchantId, 'MERCHANT', actor);
  if (!merchant) return err({ code: 'NOT_FOUND' });
  const id = naturalId('store', merchant.path[0] ?? '', input.code);
  return createNode(tx, { ...below(merchant, id, input), kind: 'STORE' });
}

/** A node lives by its mall's clock and money. */
const below = ({ path, timeZone, currency, dayCutMinutes }: OrgNode, id: string, { code, name }: Named) => ({
  id,
  path: [...path, id],
  code,
  name,
  timeZone,
  currency,
  dayCutMinutes,
});

async function parent(tx: Tx, id: string, kind: OrgNode['kind'], actor: Actor): Promise<OrgNode | null> {
  const node = isUuid(id) ? await findOrgNode(tx, id.toLowerCase()) : null;
  return node?.kind === kind && actor.may(node.path) ? node : null;
}
