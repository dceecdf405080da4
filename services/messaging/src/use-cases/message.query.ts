// Messages and templates as screens read them.
import type { Page, Tx } from '@atrium/platform';
import { countUnread, findMessage, listInbox, listOfPurchases, type MessageRow } from '../storage/message.repository';
import { findMembers } from '../storage/reference.repository';
import { findTemplate, listTemplates, type TemplateRow } from '../storage/template.repository';

export type MessageView = MessageRow;
export type TemplateView = TemplateRow;

/** A page of a member's inbox, newest first. */
export const readInbox = (tx: Tx, memberId: string, page: Page, unreadOnly: boolean): Promise<MessageView[]> =>
  listInbox(tx, memberId, { unreadOnly, after: page.after, limit: page.limit });

export const readMessage = (tx: Tx, memberId: string, id: string): Promise<MessageView | null> =>
  findMessage(tx, memberId, id);

/** Unread messages by member; who has none is not in it. */
export const readUnread = (tx: Tx, memberIds: readonly string[]): Promise<Map<string, number>> =>
  countUnread(tx, memberIds);

/** What was written about purchases, by purchase; to one member only, where one is asked for. */
export async function readOfPurchases(
  tx: Tx,
  purchaseIds: readonly string[],
  memberId: string | null,
): Promise<Map<string, MessageView[]>> {
  const byPurchase = new Map<string, MessageView[]>(purchaseIds.map((id) => [id, []]));
  for (const row of await listOfPurchases(tx, purchaseIds, memberId)) byPurchase.get(row.purchaseId ?? '')?.push(row);
  return byPurchase;
}

/** Which of these members messaging has heard of. */
export const readKnownMembers = async (tx: Tx, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await findMembers(tx, ids)).keys());

export const readTemplates = (tx: Tx): Promise<TemplateView[]> => listTemplates(tx);

export const readTemplate = (tx: Tx, id: string): Promise<TemplateView | null> => findTemplate(tx, id);
