import type { RequestContext } from '@atrium/platform';
import DataLoader from 'dataloader';
import type { MessagingApp } from '../app';
import type { MessageView } from '../use-cases/message.query';

export interface MessagingLoaders {
  /** Whether messaging knows a member of the caller's group. */
  known: DataLoader<string, boolean>;
  unread: DataLoader<string, number>;
  /** What was written about a purchase, to the calling member or, for staff, to anybody. */
  ofPurchase: DataLoader<string, MessageView[]>;
}

export type MessagingContext = RequestContext & { app: MessagingApp; load: MessagingLoaders };

export function createMessagingContext(request: RequestContext, app: MessagingApp): MessagingContext {
  const { groupId, memberId } = request.caller;
  return {
    ...request,
    app,
    load: {
      known: new DataLoader(async (ids) => {
        if (groupId === null) return ids.map(() => false);
        const found = await app.readKnownMembers(groupId, ids);
        return ids.map((id) => found.has(id));
      }),
      unread: new DataLoader(async (ids) => {
        if (groupId === null) return ids.map(() => 0);
        const counts = await app.readUnread(groupId, ids);
        return ids.map((id) => counts.get(id) ?? 0);
      }),
      ofPurchase: new DataLoader(async (ids) => {
        if (groupId === null) return ids.map(() => []);
        const found = await app.readOfPurchases(groupId, ids, memberId);
        return ids.map((id) => found.get(id) ?? []);
      }),
    },
  };
}
