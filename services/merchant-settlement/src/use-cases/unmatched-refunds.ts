// A refund that found no sale in time, or that its sale refused, is a person's to settle: try again, name the sale, or
// dismiss. A sale that comes after all settles it by itself.
import type { Place } from '@atrium/contracts';
import { err, naturalId, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { lockPurchase } from '../storage/purchase.repository';
import { linkRefundRequest, lockRefundRequest, type RefundRequest } from '../storage/refund.repository';
import { type ApplyRefusal, applyRefund, closeRequest } from './apply-refund';

export interface ResolveUnmatchedRefund {
  refundId: string;
  resolution: 'RETRY' | 'LINK' | 'DISMISS';
  /** For LINK: the sale's source and number there. */
  sourceSystem: string | null;
  purchaseExternalId: string | null;
  note: string;
}

export type ResolveRefusal =
  | ApplyRefusal
  | { code: 'NOT_FOUND' }
  | { code: 'SALE_UNKNOWN' }
  | { code: 'NOT_UNMATCHED' }
  | { code: 'NOTE_LENGTH' }
  | { code: 'NO_SALE_NAMED' };

const NOTE_MIN = 3;
const NOTE_MAX = 500;

export async function resolveUnmatchedRefund(
  tx: Tx,
  here: Place,
  command: ResolveUnmatchedRefund,
  actor: { id: string },
): Promise<Result<{ refundId: string; outcome: 'APPLIED' | 'DISMISSED' }, ResolveRefusal>> {
  const { refundId, resolution } = command;
  const note = command.note.trim();
  if (note.length < NOTE_MIN || note.length > NOTE_MAX) return err({ code: 'NOTE_LENGTH' });
  const request = await lockRefundRequest(tx, refundId);
  if (!request) return err({ code: 'NOT_FOUND' });
  if (request.state !== 'LAPSED' && request.state !== 'REFUSED') return err({ code: 'NOT_UNMATCHED' });
  const by = { actor: actor.id, note };
  if (resolution === 'DISMISS') {
    await closeRequest(tx, here, request, 'DISMISSED', null, by);
    return ok({ refundId, outcome: 'DISMISSED' });
  }
  const named = resolution === 'RETRY' ? request : link(tx, request, command);
  if (!named) return err({ code: 'NO_SALE_NAMED' });
  const purchase = await lockPurchase(tx, named.purchaseId);
  if (!purchase) return err({ code: 'SALE_UNKNOWN' });
  const applied = await applyRefund(tx, here, named, purchase, by);
  if (!applied.ok) return applied;
  if (resolution === 'LINK') await linkRefundRequest(tx, refundId, purchase.id);
  return ok({ refundId, outcome: 'APPLIED' });
}

function link(tx: Tx, request: RefundRequest, command: ResolveUnmatchedRefund): RefundRequest | null {
  const { sourceSystem, purchaseExternalId } = command;
  if (!sourceSystem || !purchaseExternalId) return null;
  return { ...request, purchaseId: naturalId('purchase', tx.groupId ?? '', sourceSystem, purchaseExternalId) };
}
