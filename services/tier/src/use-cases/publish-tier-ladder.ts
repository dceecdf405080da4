// A new version of the ladder, in force from an instant on. Members are looked at again by the job, in batches.
import { err, ok, uuidv7, type Result } from '@atrium/kernel';
import { findOrgNode, publish, type Tx } from '@atrium/platform';
import { effectiveFrom, ladderTerms, type DraftRefusal, type LadderDraft } from '../domain/draft-ladder';
import type { Ladder } from '../domain/ladder';
import { tierLadderPublished } from '../events/tier-events';
import { endLadder, findLadders, insertLadder, lockGroup } from '../storage/ladder.repository';
import { newestVersion } from './refold-members';

export interface PublishTierLadder extends LadderDraft {
  publishedBy: string;
}
export type PublishTierLadderRefusal = DraftRefusal | { code: 'NOT_FOUND' };

export async function publishTierLadder(
  tx: Tx,
  { publishedBy, ...draft }: PublishTierLadder,
): Promise<Result<{ ladderId: string }, PublishTierLadderRefusal>> {
  const { groupId } = tx;
  if (!groupId) throw new Error('a ladder belongs to a group');
  await lockGroup(tx);
  const group = await findOrgNode(tx, groupId);
  if (!group) return err({ code: 'NOT_FOUND' });
  const { timeZone: zone, currency, dayCutMinutes } = group;
  const terms = ladderTerms(draft, { zone, currency, dayCutMinutes });
  if (!terms.ok) return terms;
  const ladders = await findLadders(tx);
  const latest = ladders.at(-1) ?? null;
  const from = effectiveFrom(draft.effectiveFrom, tx.now, latest);
  if (!from.ok) return from;

  const ladder: Ladder = {
    ...terms.value,
    id: uuidv7(tx.now),
    version: newestVersion(ladders) + 1n,
    status: from.value <= tx.now ? 'ACTIVE' : 'APPROVED',
    effectiveFrom: from.value,
    effectiveTo: null,
  };
  if (latest) await endLadder(tx, latest.id, ladder.effectiveFrom);
  await insertLadder(tx, ladder, publishedBy);
  await publish(tx, ...tierLadderPublished(groupId, ladder, tx.now));
  return ok({ ladderId: ladder.id });
}
