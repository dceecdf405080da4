// A merge of two members, as far as points go: asked for, then done or abandoned. Each step once, whatever is repeated.
import { MissingDependency, type Tx } from '@atrium/platform';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { type Merge, mergeAccounts } from '../domain/merge';
import { publishMerged, publishPrepared } from '../events/merge-events';
import {
  findLivingLots,
  findMergeStatus,
  findObstacle,
  leadTo,
  saveMerge,
  setMerging,
} from '../storage/merge.repository';

const lockBoth = (tx: Tx, merges: readonly Merge[]): Promise<void> =>
  lockAccounts(
    tx,
    merges.flatMap(({ loserId, survivorId }) => [loserId, survivorId]),
  );

/** Says whether something stands in the way; if not, the loser spends nothing until it is decided. */
export async function prepareMerges(tx: Tx, merges: readonly Merge[]): Promise<void> {
  await lockBoth(tx, merges);
  for (const merge of merges) {
    // It may have been abandoned before this arrived.
    if ((await findMergeStatus(tx, merge)) !== null) continue;
    const obstacle = await findObstacle(tx, merge);
    await saveMerge(tx, merge, obstacle === null ? 'PREPARED' : 'REFUSED');
    if (obstacle === null) await setMerging(tx, merge, true);
    await publishPrepared(tx, merge, obstacle);
  }
}

export async function abandonMerges(tx: Tx, merges: readonly Merge[]): Promise<void> {
  await lockBoth(tx, merges);
  for (const merge of merges) {
    await saveMerge(tx, merge, 'ABANDONED');
    await setMerging(tx, merge, false);
  }
}

/**
 * The one posting that two accounts share (docs/adr/0022): at no instant are the points in both, or in neither, and a late
 * fact finds them where the account leads.
 */
export async function moveAccounts(tx: Tx, merges: readonly Merge[]): Promise<void> {
  await lockBoth(tx, merges);
  for (const merge of merges) {
    if ((await findMergeStatus(tx, merge)) === 'MOVED') continue;
    const { loserId, survivorId, mergeId } = merge;
    const both = [loserId, survivorId];
    const lots = await findLivingLots(tx, loserId);
    const ledgers = await openLedgers(tx, both, { lock: false, spending: both, lots });
    const [loser, survivor] = [ledgers.get(loserId), ledgers.get(survivorId)];
    if (!loser || !survivor) throw new Error('an opened ledger is there');
    if (loser.account.held > 0n) throw new MissingDependency(`a hold of member ${loserId} is still open`);
    const moved = mergeAccounts(loser, survivor, mergeId);
    await saveLedgers(tx, ledgers.values());
    await publishLedgers(tx, ledgers.values());
    await leadTo(tx, merge);
    await saveMerge(tx, merge, 'MOVED', moved);
    await publishMerged(tx, merge, moved);
  }
}
