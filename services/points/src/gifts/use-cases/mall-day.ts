// One day for the whole points mall: the business day of the group, so that a list of gifts of many malls has one answer.
import { businessDate } from '@atrium/kernel';
import { findOrgNode, type Tx } from '@atrium/platform';

export async function mallDay(tx: Tx): Promise<string> {
  const group = await findOrgNode(tx, tx.groupId ?? '');
  return businessDate(tx.now, group?.timeZone ?? 'UTC', group?.dayCutMinutes ?? 240);
}
