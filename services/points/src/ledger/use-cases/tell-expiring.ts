// Tells members what will expire, some days before. One notice for each member, end and number of days: the place up to which a
// notice was told moves on in the transaction that states the facts. What arrives behind it is told by the next notice.
import { localDate, naturalId } from '@atrium/kernel';
import { PointsExpiringSchema } from '@atrium/contracts';
import { event, findOrgNodes, type OrgNode, publishAll, type Tx } from '@atrium/platform';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import { type NoticeWindow, noticeWindows } from '../domain/notices';
import {
  type ExpiringOfMember,
  findExpiringAfter,
  findGroupsWithLots,
  LAST_MEMBER,
  type NoticePlace,
  saveNotice,
  takeNotice,
} from '../storage/notice.repository';

export const groupsToTell = (tx: Tx): Promise<string[]> => findGroupsWithLots(tx);

/** One batch of each of the programme's notices; how many were told. */
export async function tellExpiring(tx: Tx, limit: number): Promise<number> {
  const programme = programmeAt(await findRules(tx), tx.now);
  let told = 0;
  for (const window of noticeWindows(programme?.terms.noticeDays ?? [], tx.now)) told += await tell(tx, window, limit);
  return told;
}

async function tell(tx: Tx, { days, after, until }: NoticeWindow, limit: number): Promise<number> {
  const beginning = { until: after, memberId: LAST_MEMBER };
  const place = await takeNotice(tx, days, beginning);
  if (!place) return 0;
  const from = place.until < after ? beginning : place;
  const rows = from.until > until ? [] : await findExpiringAfter(tx, from, until, limit);
  const last = rows.at(-1);
  const reached: NoticePlace =
    last && rows.length === limit
      ? { until: last.expiresAt, memberId: last.memberId }
      : { until: from.until > until ? from.until : until, memberId: LAST_MEMBER };
  await saveNotice(tx, days, reached);
  await publishNotices(tx, days, rows);
  return rows.length;
}

async function publishNotices(tx: Tx, days: number, rows: readonly ExpiringOfMember[]): Promise<void> {
  if (rows.length === 0) return;
  const malls = await findOrgNodes(tx, [
    tx.groupId ?? '',
    ...rows.map(({ homeMallId }) => homeMallId).filter((id) => id !== null),
  ]);
  const group = malls.get(tx.groupId ?? '');
  await publishAll(
    tx,
    rows.map(({ memberId, homeMallId, expiresAt, points }) => {
      const mall = malls.get(homeMallId ?? '') ?? group;
      return [
        event(PointsExpiringSchema, {
          memberId,
          mallId: homeMallId ?? '',
          points,
          expiresAt: expiresAt.toISOString(),
          noticeDays: days,
          daysLeft: daysBetween(tx.now, expiresAt, mall),
        }),
        {
          aggregateId: naturalId('expiry-notice', memberId, expiresAt.toISOString(), days.toString()),
          ownerId: memberId,
          siteId: homeMallId,
          site: homeMallId === null ? null : (mall?.code ?? null),
          version: 1n,
          occurredAt: tx.now,
        },
      ] as const;
    }),
  );
}

const DAY_MS = 86_400_000;

/** Local calendar days from today to the day on which the points are gone. */
function daysBetween(now: Date, end: Date, node: OrgNode | undefined): number {
  const zone = node?.timeZone ?? 'UTC';
  return Math.round((Date.parse(localDate(end, zone)) - Date.parse(localDate(now, zone))) / DAY_MS);
}
