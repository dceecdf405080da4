import type { Keyset, Tx } from '@atrium/platform';
import type { Channel } from '../domain/template';

export interface NewMessage {
  memberId: string;
  id: string;
  siteId: string | null;
  channel: Channel;
  templateId: string;
  templateCode: string;
  businessKey: string;
  purchaseId: string | null;
  locale: string;
  title: string;
  body: string;
  status: 'DELIVERED' | 'QUEUED' | 'SUPPRESSED';
  reason: string | null;
  occurredAt: Date;
}

export interface MessageRow {
  memberId: string;
  id: string;
  channel: string;
  templateCode: string;
  purchaseId: string | null;
  title: string;
  body: string;
  status: string;
  reason: string | null;
  createdAt: Date;
  readAt: Date | null;
}

/** Writes messages; one that was written for the same business fact before stays. Answers the ids that are new. */
export async function insertMessages(tx: Tx, messages: readonly NewMessage[]): Promise<Set<string>> {
  const rows = await tx.prepared<{ id: string }>(
    'message.insert',
    `insert into message (group_id, member_id, id, site_id, channel, template_id, template_code, business_key, purchase_id,
       locale, title, body, status, reason, occurred_at, created_at, sent_at, attempts, next_try_at)
     select $1, m.member_id, m.id, m.site_id, m.channel, m.template_id, m.template_code, m.business_key, m.purchase_id, m.locale,
       m.title, m.body, m.status, m.reason, m.occurred_at, $2, case when m.status = 'DELIVERED' then $2::timestamptz end, 0,
       case when m.status = 'QUEUED' then $2::timestamptz end
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::text[],
       $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[])
       as m(member_id, id, site_id, channel, template_id, template_code, business_key, purchase_id, locale, title, body, status,
         reason, occurred_at)
     on conflict (member_id, template_code, business_key, channel) do nothing returning id`,
    [
      tx.groupId,
      tx.now,
      messages.map((m) => m.memberId),
      messages.map((m) => m.id),
      messages.map((m) => m.siteId),
      messages.map((m) => m.channel),
      messages.map((m) => m.templateId),
      messages.map((m) => m.templateCode),
      messages.map((m) => m.businessKey),
      messages.map((m) => m.purchaseId),
      messages.map((m) => m.locale),
      messages.map((m) => m.title),
      messages.map((m) => m.body),
      messages.map((m) => m.status),
      messages.map((m) => m.reason),
      messages.map((m) => m.occurredAt),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

const COLUMNS = `member_id as "memberId", id, channel, template_code as "templateCode", purchase_id as "purchaseId", title, body,
  status, reason, created_at as "createdAt", read_at as "readAt"`;
/** Under all ids of a person. */
const OF_PERSON = `member_id in (select $2::uuid union all select m.id from member m where m.merged_into = $2)`;
const IN_INBOX = `channel = 'INBOX' and status <> 'SUPPRESSED'`;

/** A member's inbox, newest first. */
export function listInbox(
  tx: Tx,
  memberId: string,
  options: { unreadOnly: boolean; after: Keyset | null; limit: number },
): Promise<MessageRow[]> {
  return tx.query(
    `select ${COLUMNS} from message
     where group_id = $1 and ${OF_PERSON} and ${IN_INBOX} ${options.unreadOnly ? 'and read_at is null' : ''}
       ${options.after ? 'and (created_at, id) < ($4::timestamptz, $5::uuid)' : ''}
     order by created_at desc, id desc limit $3`,
    [tx.groupId, memberId, options.limit, ...(options.after ? [options.after.at, options.after.id] : [])],
  );
}

export async function countUnread(tx: Tx, memberIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.prepared<{ member_id: string; unread: number }>(
    'message.unread',
    `select p.id as member_id, count(*)::integer as unread
     from (select id, id as own from unnest($2::uuid[]) as id
       union all select m.merged_into, m.id from member m where m.merged_into = any($2)) as p
       join message on member_id = p.own
     where group_id = $1 and ${IN_INBOX} and read_at is null group by p.id`,
    [tx.groupId, memberIds],
  );
  return new Map(rows.map(({ member_id, unread }) => [member_id, unread]));
}

/** What was written about purchases; of one member where it is hers to read. */
export function listOfPurchases(
  tx: Tx,
  purchaseIds: readonly string[],
  memberId: string | null,
): Promise<MessageRow[]> {
  return tx.query(
    `select ${COLUMNS} from message
     where group_id = $1 and purchase_id = any($2) ${memberId === null ? '' : 'and member_id = $3'}
     order by created_at, id limit 1000`,
    [tx.groupId, purchaseIds, ...(memberId === null ? [] : [memberId])],
  );
}

export async function findMessage(tx: Tx, memberId: string, id: string): Promise<MessageRow | null> {
  const rows = await tx.prepared<MessageRow>(
    'message.find',
    `select ${COLUMNS} from message where group_id = $1 and ${OF_PERSON} and id = $3`,
    [tx.groupId, memberId, id],
  );
  return rows[0] ?? null;
}

/** Marks an inbox message read; false when it was read before or is not in the inbox. */
export async function markRead(tx: Tx, memberId: string, id: string): Promise<boolean> {
  const rows = await tx.prepared(
    'message.read',
    `update message set read_at = $4, status = 'OPENED'
     where group_id = $1 and ${OF_PERSON} and id = $3 and ${IN_INBOX} and read_at is null returning 1`,
    [tx.groupId, memberId, id, tx.now],
  );
  return rows.length > 0;
}
