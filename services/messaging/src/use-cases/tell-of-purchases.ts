// What a member is told of her purchases: points earned, points taken back, and a refund.
import type { PurchasePointsPosted, PurchaseRefunded } from '@atrium/contracts';
import { type Delivered, findOrgNodes, MissingDependency, type OrgNode, type Tx } from '@atrium/platform';
import type { Values } from '../domain/values';
import { type News, writeMessages } from './write-messages';

export async function tellOfPoints(tx: Tx, events: readonly Delivered<PurchasePointsPosted>[]): Promise<void> {
  const told = events.filter(
    ({ message: { cause, pointsDelta } }) =>
      (cause === 'EARNED' && pointsDelta > 0n) || (cause === 'REVERSED' && pointsDelta < 0n),
  );
  await writeAtMalls(tx, told, ({ message }, mall) => {
    const earned = message.cause === 'EARNED';
    const changedAt = new Date(message.changedAt);
    return {
      memberId: message.memberId,
      code: earned ? 'POINTS_EARNED' : 'POINTS_REVERSED',
      // A sale earns once; every refund takes back once.
      businessKey: earned ? `${message.purchaseId}:EARNED` : `${message.purchaseId}:${message.refundId}`,
      occurredAt: changedAt,
      values: {
        points: { kind: 'points', points: earned ? message.pointsDelta : -message.pointsDelta },
        available: { kind: 'points', points: message.availableAfter },
        ...place(mall, changedAt),
      },
    };
  });
}

export async function tellOfRefunds(tx: Tx, events: readonly Delivered<PurchaseRefunded>[]): Promise<void> {
  await writeAtMalls(tx, events, ({ message }, mall) => {
    const occurredAt = new Date(message.occurredAt);
    return {
      memberId: message.memberId,
      code: 'PURCHASE_REFUNDED',
      businessKey: message.refundId,
      occurredAt,
      values: {
        amount: { kind: 'money', amountMinor: message.cashMinor, currency: message.currency },
        points: { kind: 'points', points: message.pointsReturned },
        ...place(mall, occurredAt),
      },
    };
  });
}

const place = (mall: OrgNode, at: Date): Values => ({
  mall: { kind: 'text', text: mall.name },
  date: { kind: 'day', at, zone: mall.timeZone },
});

async function writeAtMalls<M extends { memberId: string; mallId: string; purchaseId: string }>(
  tx: Tx,
  events: readonly Delivered<M>[],
  newsOf: (event: Delivered<M>, mall: OrgNode) => Omit<News, 'purchaseId' | 'siteId'>,
): Promise<void> {
  // A sale to nobody is told to nobody.
  const ofMembers = events.filter(({ message }) => message.memberId !== '');
  if (ofMembers.length === 0) return;
  const malls = await findOrgNodes(
    tx,
    ofMembers.map(({ message }) => message.mallId),
  );
  const news = ofMembers.map((event): News => {
    const mall = malls.get(event.message.mallId);
    if (!mall) throw new MissingDependency('the mall has not arrived yet');
    return { ...newsOf(event, mall), purchaseId: event.message.purchaseId, siteId: mall.id };
  });
  await writeMessages(tx, news);
}
