// Turns facts into messages: the template in force, the member's language, one message for a fact and channel however often
// the fact arrives. A fixed number of statements for a batch.
import { naturalId } from '@atrium/kernel';
import { findOrgNodes, MissingDependency, type OrgNode, type Tx } from '@atrium/platform';
import { isOldNews } from '../domain/delivery';
import { type Channel, render, type TemplateCode, type TemplateText } from '../domain/template';
import { byLocale, type Values } from '../domain/values';
import { publishSent } from '../events/messaging-events';
import { insertMessages, type NewMessage } from '../storage/message.repository';
import { findMembers, type KnownMember } from '../storage/reference.repository';
import { findEffectiveTemplates, type TemplateRow } from '../storage/template.repository';

/** A fact to tell a member of. `businessKey` names it among all facts of its template code. */
export interface News {
  memberId: string;
  code: TemplateCode;
  businessKey: string;
  purchaseId: string | null;
  siteId: string | null;
  occurredAt: Date;
  values: Values;
}

const NO_ZONE = 'UTC';

export async function writeMessages(tx: Tx, news: readonly News[]): Promise<void> {
  if (news.length === 0) return;
  const templates = await findEffectiveTemplates(
    tx,
    news.map(({ code }) => code),
  );
  // A programme that has published no text about a fact does not want it told.
  const told = news.filter(({ code }) => templates.has(code));
  if (told.length === 0) return;
  const members = await findMembers(
    tx,
    told.map(({ memberId }) => memberId),
  );
  const homes = await findOrgNodes(
    tx,
    [tx.groupId, ...[...members.values()].map(({ homeMallId }) => homeMallId)].filter((id) => id !== null),
  );
  const messages = told.flatMap((item) => {
    const template = templates.get(item.code);
    const member = members.get(item.memberId);
    if (!member) throw new MissingDependency('the member has not arrived yet');
    return template
      ? template.channels.map((channel) => compose(tx, item, template, member, zoneOf(tx, member, homes), channel))
      : [];
  });
  const written = await insertMessages(tx, messages);
  await publishSent(
    tx,
    messages.filter(({ id, status }) => status === 'DELIVERED' && written.has(id)),
  );
}

/** Days are written as the member's home mall counts them. */
const zoneOf = (tx: Tx, member: KnownMember, homes: ReadonlyMap<string, OrgNode>): string =>
  homes.get(member.homeMallId ?? '')?.timeZone ?? homes.get(tx.groupId ?? '')?.timeZone ?? NO_ZONE;

function compose(
  tx: Tx,
  news: News,
  template: TemplateRow,
  member: KnownMember,
  zone: string,
  channel: Channel,
): NewMessage {
  const text = byLocale<TemplateText>(
    Object.fromEntries(template.texts.map((one) => [one.locale, one])),
    member.locale,
  );
  const message = {
    memberId: member.id,
    // The provider's idempotency key: after a restore to before it was written, it is written under the same one again.
    id: naturalId('message', news.memberId, template.code, news.businessKey, channel),
    siteId: news.siteId,
    channel,
    templateId: template.id,
    templateCode: template.code,
    businessKey: news.businessKey,
    purchaseId: news.purchaseId,
    locale: text?.locale ?? member.locale,
    occurredAt: news.occurredAt,
  };
  const suppressed = (reason: string): NewMessage => ({
    ...message,
    title: '',
    body: '',
    status: 'SUPPRESSED',
    reason,
  });
  if (!text) return suppressed('NO_TEXT');
  const rendered = render(text, news.values, zone);
  if (!rendered.ok) return suppressed(`MISSING_VARIABLE ${rendered.error.missing}`);
  if (channel === 'INBOX') return { ...message, ...rendered.value, status: 'DELIVERED', reason: null };
  if (isOldNews(news.occurredAt, tx.now))
    return { ...message, ...rendered.value, status: 'SUPPRESSED', reason: 'OLD_NEWS' };
  return { ...message, ...rendered.value, status: 'QUEUED', reason: null };
}
