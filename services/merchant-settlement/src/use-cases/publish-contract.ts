// The next version of somebody's terms. Sales that were recorded keep the version they have.
import { err, isUuid, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, type OrgNode, publish, type Tx } from '@atrium/platform';
import { checkPrice, checkShare } from '../domain/organisation';
import type { Invalid } from '../domain/sale';
import type { ContractVersion, Terms } from '../domain/terms';
import { contractPublished } from '../events/settlement-events';
import { findContractsOf, insertContract, lockNode } from '../storage/contract.repository';
import type { Actor } from './create-organisation';

export type { ContractVersion };

export type PublishContractRefusal = { code: 'NOT_FOUND' } | ({ code: 'INVALID' } & Invalid);

export interface PublishContract extends Terms {
  merchantId: string | null;
  mallId: string | null;
  effectiveFrom: Date;
}

export async function publishContract(
  tx: Tx,
  input: PublishContract,
  actor: Actor,
): Promise<Result<{ contract: ContractVersion }, PublishContractRefusal>> {
  const wrong =
    checkPrice(input.pointUnitValue, 'pointUnitValue') ??
    checkPrice(input.pointPriceAtEarn, 'pointPriceAtEarn') ??
    checkShare(input.burnShareBps, 'burnShareBps') ??
    checkShare(input.couponShareBps, 'couponShareBps');
  if (wrong) return err({ code: 'INVALID', ...wrong });
  if ((input.merchantId === null) === (input.mallId === null))
    return err({ code: 'INVALID', path: ['merchantId'], reason: 'NOT_ONE_OF_TWO' });
  const id = input.merchantId ?? input.mallId ?? '';
  const node = isUuid(id) ? await findOrgNode(tx, id.toLowerCase()) : null;
  const kind = input.merchantId === null ? 'MALL' : 'MERCHANT';
  if (!node || node.kind !== kind || !actor.may(node.path)) return err({ code: 'NOT_FOUND' });
  return ok({ contract: await publishTerms(tx, node, input, actor.id) });
}

export async function publishTerms(
  tx: Tx,
  node: OrgNode,
  terms: Terms & { effectiveFrom: Date },
  actorId: string,
): Promise<ContractVersion> {
  await lockNode(tx, node.id);
  const versions = await findContractsOf(tx, [node.id]);
  const contract: ContractVersion = {
    id: uuidv7(tx.now),
    nodeId: node.id,
    version: Math.max(0, ...versions.map(({ version }) => version)) + 1,
    status: 'ACTIVE',
    effectiveFrom: terms.effectiveFrom,
    pointUnitValue: terms.pointUnitValue,
    pointPriceAtEarn: terms.pointPriceAtEarn,
    burnShareBps: terms.burnShareBps,
    couponShareBps: terms.couponShareBps,
  };
  await insertContract(tx, contract, actorId);
  await publish(tx, ...contractPublished(contract, node, tx.now));
  return contract;
}
