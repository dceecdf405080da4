import type { Caller, OrgNode, RequestContext } from '@atrium/platform';
import DataLoader from 'dataloader';
import type { MemberApp } from '../app';
import type { CardView, MemberView } from '../use-cases/member.query';

export interface MemberLoaders {
  member: DataLoader<string, MemberView | null>;
  cards: DataLoader<string, CardView[]>;
  node: DataLoader<string, OrgNode | null>;
}

export type MemberContext = RequestContext & { app: MemberApp; load: MemberLoaders };

export const createMemberContext = (request: RequestContext, app: MemberApp): MemberContext => ({
  ...request,
  app,
  load: createLoaders(request.caller, app),
});

/** One read for each kind of thing and request. A caller without a tenant finds nothing. */
function createLoaders({ groupId }: Caller, app: MemberApp): MemberLoaders {
  return {
    member: new DataLoader(async (ids) => {
      if (groupId === null) return ids.map(() => null);
      const found = await app.findMembers(groupId, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    cards: new DataLoader(async (memberIds) => {
      if (groupId === null) return memberIds.map(() => []);
      const found = await app.findCards(groupId, memberIds);
      return memberIds.map((id) => found.filter(({ memberId }) => memberId === id));
    }),
    node: new DataLoader(async (ids) => {
      if (groupId === null) return ids.map(() => null);
      const found = await app.findNodes(groupId, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
