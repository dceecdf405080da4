import { REQUESTS } from '@atrium/contracts';
import { isUuid } from '@atrium/kernel';
import { respond } from '@atrium/platform';

export type ResolveContact = (groupId: string, memberId: string) => Promise<{ phone: string; locale: string } | null>;

/** Answers where a message to a member goes, at the moment of sending. */
export const contactResponder = (resolveContact: ResolveContact) =>
  respond(REQUESTS.resolveContact, async (_db, groupId, request) => {
    const contact = isUuid(request.memberId) ? await resolveContact(groupId, request.memberId) : null;
    return contact ? { found: true, ...contact } : { found: false };
  });
