// Claim: a member takes a coupon from the stock. Exact under any rush: the member's line, then one of the stock's slots.
import { err, isUuid, laneOf, ok, type Result, uuidv7 } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, publishAll, type Tx } from '@atrium/platform';
import { tierAt } from '../domain/gifts';
import { versionAt } from '../domain/template';
import { validitySpan } from '../domain/validity';
import { couponIssued } from '../events/coupon-events';
import { addCoupons } from '../storage/coupon.repository';
import type { NewCoupon } from '../domain/coupon';
import { claimedOf, countClaim, findTierChanges, lockMember } from '../storage/member.repository';
import { filledSlots, takeFromSlot } from '../storage/stock.repository';
import { findVersions } from '../storage/template.repository';

export interface ClaimCoupon {
  key: string;
  actor: string;
  memberId: string;
  templateId: string;
}

export type ClaimRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'NOT_ELIGIBLE' }
  | { code: 'CLAIM_LIMIT_REACHED'; limit: number }
  | { code: 'COUPON_SOLD_OUT' }
  | IdempotencyRefusal;

/** Answers the coupon's id. */
export async function claimCoupon(tx: Tx, command: ClaimCoupon): Promise<Result<{ couponId: string }, ClaimRefusal>> {
  const { key, actor, memberId } = command;
  if (!isUuid(command.templateId)) return err({ code: 'NOT_FOUND' });
  const templateId = command.templateId.toLowerCase();
  return idempotent(tx, { key, actor, operation: 'claimCoupon', input: { memberId, templateId } }, () =>
    claim(tx, memberId, templateId),
  );
}

async function claim(
  tx: Tx,
  memberId: string,
  templateId: string,
): Promise<Result<{ couponId: string }, ClaimRefusal>> {
  const template = versionAt(await findVersions(tx, templateId), tx.now);
  if (!template) return err({ code: 'NOT_FOUND' });
  if (!template.claimable || template.paused) return err({ code: 'NOT_ELIGIBLE' });
  const span = validitySpan(template.validity, tx.now, template.timeZone);
  if (span.until <= tx.now) return err({ code: 'NOT_ELIGIBLE' });
  await lockMember(tx, memberId);
  if (template.tiers.length > 0) {
    const tier = tierAt(await findTierChanges(tx, [memberId]), tx.now);
    if (!tier || !template.tiers.includes(tier.toCode)) return err({ code: 'NOT_ELIGIBLE' });
  }
  const claimed = (await claimedOf(tx, memberId, [templateId])).get(templateId) ?? 0;
  if (claimed >= template.claimLimit) return err({ code: 'CLAIM_LIMIT_REACHED', limit: template.claimLimit });
  // The first write: from here on nothing refuses.
  if (template.stock !== null && !(await takeOne(tx, memberId, templateId, template.version))) {
    return err({ code: 'COUPON_SOLD_OUT' });
  }
  if (!(await countClaim(tx, memberId, templateId, template.claimLimit))) {
    throw new Error('claims of a member counted past her lock');
  }
  const coupon: NewCoupon = {
    memberId,
    id: uuidv7(tx.now),
    templateId,
    templateVersion: template.version,
    cause: 'CLAIMED',
    validFrom: span.from,
    validUntil: span.until,
    tierChangeId: null,
    grantedPurchaseId: null,
  };
  await addCoupons(tx, [coupon]);
  await publishAll(tx, [couponIssued(coupon, template, tx.now)]);
  return ok({ couponId: coupon.id });
}

/** Begins at the member's own slot and walks on past empty ones. */
async function takeOne(tx: Tx, memberId: string, templateId: string, version: bigint): Promise<boolean> {
  const first = Number.parseInt(laneOf(memberId), 16);
  if (await takeFromSlot(tx, templateId, version, first)) return true;
  const filled = await filledSlots(tx, templateId, version);
  const walk = [...filled.filter((slot) => slot > first), ...filled.filter((slot) => slot < first)];
  for (const slot of walk) if (await takeFromSlot(tx, templateId, version, slot)) return true;
  return false;
}
