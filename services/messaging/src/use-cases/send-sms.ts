// Sends what is queued. A message is claimed by one worker, its address asked for at that moment, and what the provider said
// is written down before the next one. Nothing here is sent twice: a claim without an outcome ends as UNKNOWN.
import type { Database, Log } from '@atrium/platform';
import type { SmsOutcome, SmsProvider } from '../channels/sms-provider';
import { waitAfter } from '../domain/delivery';
import { publishSent } from '../events/messaging-events';
import { type ClaimedSms, claimSms, giveUpLostClaims, settleSms, type SmsState } from '../storage/sms.repository';

export interface SmsDependencies {
  db: Database;
  provider: SmsProvider;
  /** Asks the member service; null when there is no such member. Throws when nobody answers. */
  contact(groupId: string, memberId: string): Promise<{ phone: string; locale: string } | null>;
  /** In [0, 1). */
  chance(): number;
  log: Log;
}

const BATCH = 10;
const MAX_BATCHES = 100;
/** Longer than asking for the address and the provider's answer can take together. */
const CLAIM_MS = 120_000;

export async function sendQueuedSms(deps: SmsDependencies): Promise<number> {
  const { db } = deps;
  let done = await db.inSystemTransaction((tx) => giveUpLostClaims(tx));
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const claimed = await db.inSystemTransaction((tx) => claimSms(tx, new Date(tx.now.getTime() + CLAIM_MS), BATCH));
    if (claimed.length === 0) break;
    await Promise.all(claimed.map((sms) => sendOne(deps, sms)));
    done += claimed.length;
  }
  return done;
}

async function sendOne(deps: SmsDependencies, sms: ClaimedSms): Promise<void> {
  const outcome = await attempt(deps, sms);
  await deps.db.inTransaction(sms.groupId, async (tx) => {
    const settled = await settleSms(tx, sms, stateAfter(outcome, sms.attempt, tx.now, deps.chance()));
    if (settled && outcome.kind === 'ACCEPTED') await publishSent(tx, [{ ...sms, channel: 'SMS' }]);
  });
}

type Attempt = SmsOutcome | { kind: 'NO_ADDRESS' };

async function attempt({ contact, provider, log }: SmsDependencies, sms: ClaimedSms): Promise<Attempt> {
  let address: { phone: string; locale: string } | null;
  try {
    address = await contact(sms.groupId, sms.memberId);
  } catch {
    return { kind: 'TRY_LATER', code: 'ADDRESS_UNAVAILABLE' };
  }
  if (!address || address.phone === '') return { kind: 'NO_ADDRESS' };
  try {
    return await provider.send({
      groupId: sms.groupId,
      memberId: sms.memberId,
      messageId: sms.id,
      businessKey: sms.businessKey,
      phone: address.phone,
      text: sms.body,
      locale: address.locale,
    });
  } catch (error) {
    // An adapter that broke may have sent. Its text may name the address, so only its kind is logged.
    log.warn({ messageId: sms.id, error: error instanceof Error ? error.name : 'error' }, 'sms: no outcome');
    return { kind: 'UNKNOWN', code: 'ADAPTER_FAILED' };
  }
}

function stateAfter(outcome: Attempt, tries: number, now: Date, chance: number): SmsState {
  switch (outcome.kind) {
    case 'ACCEPTED':
      return { status: 'SENT', reason: null, nextTryAt: null };
    case 'NO_ADDRESS':
      return { status: 'SUPPRESSED', reason: 'NO_ADDRESS', nextTryAt: null };
    case 'REFUSED':
      return { status: 'FAILED', reason: outcome.code, nextTryAt: null };
    case 'UNKNOWN':
      return { status: 'UNKNOWN', reason: outcome.code, nextTryAt: null };
    case 'TRY_LATER': {
      const wait = waitAfter(tries, chance);
      return wait === null
        ? { status: 'FAILED', reason: outcome.code, nextTryAt: null }
        : { status: 'QUEUED', reason: outcome.code, nextTryAt: new Date(now.getTime() + wait) };
    }
  }
}
