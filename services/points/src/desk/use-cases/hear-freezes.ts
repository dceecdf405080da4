// A member was frozen or released in the member context: the account follows, whatever order the facts arrive in.
import type { Tx } from '@atrium/platform';
import { applyFreezes, type FreezeChange } from '../../ledger/use-cases/freeze-account';
import { insertActs } from '../storage/act.repository';

export interface HeardFreeze extends FreezeChange {
  actor: string;
  reasonCode: string;
  at: Date;
}

export async function hearFreezes(tx: Tx, changes: readonly HeardFreeze[]): Promise<void> {
  await applyFreezes(tx, changes);
  await insertActs(
    tx,
    changes.map(({ memberId, frozen, actor, reasonCode, at }) => ({
      kind: frozen ? ('FROZEN' as const) : ('UNFROZEN' as const),
      actor,
      memberId,
      subjectId: memberId,
      approvalId: null,
      reasonCode,
      reason: null,
      changes: [{ name: 'frozen', before: String(!frozen), after: String(frozen) }],
      at,
    })),
  );
}
