// The terms that the hub publishes, as a site keeps them.
import type { ContractPublished } from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import type { Delivered, Tx } from '@atrium/platform';
import { insertContract } from '../storage/contract.repository';

export async function hearContracts(tx: Tx, events: readonly Delivered<ContractPublished>[]): Promise<void> {
  for (const { message, occurredAt } of events) {
    // Published before terms were told: they come by the site's file.
    if (message.nodeId === '') continue;
    await insertContract(
      tx,
      {
        id: message.contractId,
        nodeId: message.nodeId,
        version: Number(message.version),
        status: 'ACTIVE',
        effectiveFrom: parseInstant(message.effectiveFrom) ?? occurredAt,
        pointUnitValue: message.pointUnitValue,
        pointPriceAtEarn: message.pointPriceAtEarn,
        burnShareBps: message.burnShareBps,
        couponShareBps: message.couponShareBps,
      },
      'hub',
    );
  }
}
