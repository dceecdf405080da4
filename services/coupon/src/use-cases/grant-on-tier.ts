// Gifts of a tier: given when a member rises to it, once in a year; taken back unused when the rise is undone.
import { naturalId } from '@atrium/kernel';
import { publishAll, type Tx } from '@atrium/platform';
import { type Gift, giftKey, giftsOf } from '../domain/gifts';
import { type TemplateVersion, versionAt } from '../domain/template';
import { validitySpan } from '../domain/validity';
import { type Addressed, couponIssued, couponVoided } from '../events/coupon-events';
import { addCoupons, lockCoupons, voidCoupons } from '../storage/coupon.repository';
import type { Coupon, NewCoupon } from '../domain/coupon';
import {
  addGrants,
  findGrants,
  findOtherGrants,
  moveGrants,
  type Regrant,
  removeGrants,
  type TierGrant,
} from '../storage/grant.repository';
import { addTierChanges, findTierChanges, lockMembers, type StoredTierChange } from '../storage/member.repository';
import { findGrantingVersions } from '../storage/template.repository';

export type TierChangeNews = Omit<StoredTierChange, 'superseded'> & { supersedes: readonly string[] };

export async function applyTierChanges(tx: Tx, news: readonly TierChangeNews[]): Promise<void> {
  const memberIds = [...new Set(news.map(({ memberId }) => memberId))];
  await lockMembers(tx, memberIds);
  await addTierChanges(tx, toRows(news));
  const changes = await findTierChanges(tx, memberIds);
  const grants = await findGrants(tx, memberIds);
  const giftsByMember = new Map(
    memberIds.map((memberId) => [memberId, giftsOf(changes.filter((change) => change.memberId === memberId))]),
  );
  const untrue = new Set(changes.filter(({ superseded }) => superseded).map(({ id }) => id));
  const giftOf = (grant: TierGrant) => giftsByMember.get(grant.memberId)?.get(giftKey(grant.tier, grant.year));

  const keyOf = (g: Pick<TierGrant, 'memberId' | 'templateId' | 'tier' | 'year'>) =>
    [g.memberId, g.templateId, g.tier, g.year].join('/');
  const rises = [...giftsByMember].flatMap(([memberId, gifts]) =>
    [...gifts.values()].filter(({ reverted }) => !reverted).map(({ change }) => ({ memberId, change })),
  );
  const due = new Map(
    (await granted(tx, rises)).map(({ template, memberId, change }) => {
      const grant = {
        memberId,
        templateId: template.id,
        tier: change.toCode,
        year: change.year,
        changeId: change.id,
        couponId: naturalId('tier-gift', memberId, template.id, change.id),
      };
      return [keyOf(grant), { grant, template, change }] as const;
    }),
  );

  // Take back.
  const doubtful = grants.filter((grant) => untrue.has(grant.changeId) || giftOf(grant)?.reverted);
  const coupons = new Map<string, Coupon>();
  if (doubtful.length > 0) {
    const ids = doubtful.map(({ couponId }) => couponId);
    for (const coupon of await lockCoupons(tx, memberIds, ids)) coupons.set(coupon.id, coupon);
  }
  const removed: TierGrant[] = [];
  const moved: Regrant[] = [];
  const voided: Coupon[] = [];
  const facts: Addressed[] = [];
  for (const grant of doubtful) {
    const coupon = coupons.get(grant.couponId);
    if (!coupon) throw new Error('a gift without its coupon');
    const cause = untrue.has(grant.changeId) ? 'SUPERSEDED' : 'REFUND_REVERTED';
    const instead = due.get(keyOf(grant));
    if (cause === 'SUPERSEDED' && instead && coupon.status !== 'VOIDED') {
      // The member rose all the same, at another time or by another sale: the coupon stays.
      moved.push({ grant, changeId: instead.change.id, purchaseId: instead.change.purchaseId });
      continue;
    }
    if (coupon.status === 'AVAILABLE') {
      voided.push(coupon);
      facts.push(couponVoided(coupon, cause, tx.now));
    }
    // A gift of a rise that never was leaves room for the true one, unless the member has used it already.
    if (cause === 'SUPERSEDED' && (coupon.status === 'AVAILABLE' || coupon.status === 'VOIDED')) removed.push(grant);
  }

  // Give.
  const inBatch = new Set(news.map(({ id }) => id));
  const gone = new Set(removed.map(keyOf));
  const kept = new Set(grants.map(keyOf).filter((key) => !gone.has(key)));
  // Once for a person: what came under an id that was merged is not given again.
  for (const grant of await findOtherGrants(tx, memberIds)) kept.add(keyOf(grant));
  const added: TierGrant[] = [];
  const issued: NewCoupon[] = [];
  for (const [key, { grant, template, change }] of due) {
    // Only news gives: an old rise does not earn what was published after it was told.
    if (kept.has(key) || !(inBatch.has(change.id) || gone.has(key))) continue;
    const span = validitySpan(template.validity, tx.now, template.timeZone);
    const coupon: NewCoupon = {
      memberId: grant.memberId,
      id: grant.couponId,
      templateId: template.id,
      templateVersion: template.version,
      cause: 'GRANTED',
      validFrom: span.from,
      validUntil: span.until,
      tierChangeId: change.id,
      grantedPurchaseId: change.purchaseId,
    };
    added.push(grant);
    issued.push(coupon);
    facts.push(couponIssued(coupon, template, tx.now));
  }
  await voidCoupons(tx, voided);
  await removeGrants(tx, removed);
  await moveGrants(tx, moved);
  await addCoupons(tx, issued);
  await addGrants(tx, added);
  await publishAll(tx, facts);
}

/** What each rise earns: the templates that were in force when it happened. */
async function granted(
  tx: Tx,
  rises: readonly { memberId: string; change: Gift['change'] }[],
): Promise<{ template: TemplateVersion; memberId: string; change: Gift['change'] }[]> {
  if (rises.length === 0) return [];
  const versions = await findGrantingVersions(tx, [...new Set(rises.map(({ change }) => change.toCode))]);
  const byTemplate = new Map<string, TemplateVersion[]>();
  for (const version of versions) byTemplate.set(version.id, [...(byTemplate.get(version.id) ?? []), version]);
  return rises.flatMap(({ memberId, change }) =>
    [...byTemplate.values()].flatMap((all) => {
      const template = versionAt(all, change.effectiveAt);
      return template?.grantOnTier.includes(change.toCode) ? [{ template, memberId, change }] : [];
    }),
  );
}

/** One row for each change: those told, and those that they supersede, which may not have been told yet. */
function toRows(news: readonly TierChangeNews[]): StoredTierChange[] {
  const rows = new Map<string, StoredTierChange>();
  for (const { supersedes, ...change } of news) {
    for (const id of supersedes) {
      const known = rows.get(id);
      const unknown = { ...change, id, fromRank: 0, toRank: 0, toCode: '', cause: 'SUPERSEDED', purchaseId: null };
      rows.set(id, { ...(known ?? unknown), superseded: true });
    }
    rows.set(change.id, { ...change, superseded: rows.get(change.id)?.superseded ?? false });
  }
  return [...rows.values()];
}
