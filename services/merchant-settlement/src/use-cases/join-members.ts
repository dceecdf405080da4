// A merge of two members, as far as sales go: what names the loser is recorded for the survivor.
import { type MembersMerged, SettlementMergedSchema } from '@atrium/contracts';
import { type Delivered, event, MissingDependency, publish, type Tx } from '@atrium/platform';
import { leadTo } from '../storage/directory.repository';

export async function joinMembers(tx: Tx, events: readonly Delivered<MembersMerged>[]): Promise<void> {
  for (const { message } of events) {
    const { mergeId, survivorId, loserId } = message;
    if (!(await leadTo(tx, loserId, survivorId))) throw new MissingDependency('the member has not arrived yet');
    const merged = { mergeId, survivorId, loserId, occurredAt: tx.now.toISOString() };
    await publish(tx, event(SettlementMergedSchema, merged), {
      aggregateId: mergeId,
      ownerId: loserId,
      occurredAt: tx.now,
    });
  }
}
