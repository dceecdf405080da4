// What this context keeps of others' facts for its own decisions.
import type { Tx } from '@atrium/platform';
import { addLadder, addMembers, type LadderTier } from '../storage/member.repository';

export const knowMembers = (tx: Tx, ids: readonly string[]): Promise<void> => addMembers(tx, ids);

export interface Ladder {
  id: string;
  version: bigint;
  effectiveFrom: Date;
  tiers: LadderTier[];
}

export async function knowLadders(tx: Tx, ladders: readonly Ladder[]): Promise<void> {
  for (const ladder of ladders) await addLadder(tx, ladder);
}
