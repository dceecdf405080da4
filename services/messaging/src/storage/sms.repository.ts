import type { Tx } from '@atrium/platform';

export interface ClaimedSms {
  groupId: string;
  memberId: string;
  id: string;
  siteId: string | null;
  templateCode: string;
  businessKey: string;
  purchaseId: string | null;
  body: string;
  /** This try's number, from 1. */
  attempt: number;
}

/**
 * Takes queued messages for one worker, of all tenants. A row is locked by one worker only, and a claimed one is not taken
 * again: what became of it is known, or it is UNKNOWN.
 */
export function claimSms(tx: Tx, claimedUntil: Date, limit: number): Promise<ClaimedSms[]> {
  return tx.query(
    `update message m set attempts = m.attempts + 1, claimed_until = $2
     from (select member_id, id from message
           where channel = 'SMS' and status = 'QUEUED' and claimed_until is null and next_try_at <= $1
           order by next_try_at limit $3 for update skip locked) due
     where m.member_id = due.member_id and m.id = due.id
     returning m.group_id as "groupId", m.member_id as "memberId", m.id, m.site_id as "siteId",
       m.template_code as "templateCode", m.business_key as "businessKey", m.purchase_id as "purchaseId", m.body,
       m.attempts as attempt`,
    [tx.now, claimedUntil, limit],
  );
}

export interface SmsState {
  status: 'SENT' | 'QUEUED' | 'FAILED' | 'SUPPRESSED' | 'UNKNOWN';
  reason: string | null;
  nextTryAt: Date | null;
}

/** Writes what became of a try; false when a later state stands there already. */
export async function settleSms(tx: Tx, sms: ClaimedSms, state: SmsState): Promise<boolean> {
  const rows = await tx.prepared(
    'sms.settle',
    `update message set status = $5, reason = $6, next_try_at = $7, claimed_until = null,
       sent_at = case when $5 = 'SENT' then $8::timestamptz end
     where group_id = $1 and member_id = $2 and id = $3 and attempts = $4 and status in ('QUEUED', 'UNKNOWN') returning 1`,
    [tx.groupId, sms.memberId, sms.id, sms.attempt, state.status, state.reason, state.nextTryAt, tx.now],
  );
  return rows.length > 0;
}

/** A worker that claimed a message and never said what became of it: it may have been sent, so it is not sent again. */
export async function giveUpLostClaims(tx: Tx): Promise<number> {
  const rows = await tx.query(
    `update message set status = 'UNKNOWN', reason = 'WORKER_LOST'
     where channel = 'SMS' and status = 'QUEUED' and claimed_until < $1 returning 1`,
    [tx.now],
  );
  return rows.length;
}

export async function recordInSink(
  tx: Tx,
  entry: { memberId: string; messageId: string; businessKey: string; phoneMasked: string; body: string },
): Promise<void> {
  await tx.query(
    `insert into sms_sink (group_id, member_id, id, business_key, phone_masked, body, sent_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [tx.groupId, entry.memberId, entry.messageId, entry.businessKey, entry.phoneMasked, entry.body, tx.now],
  );
}
