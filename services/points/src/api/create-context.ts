import type { RequestContext } from '@atrium/platform';
import DataLoader from 'dataloader';
import type { PointsApp } from '../app';
import type { PointsContext } from './context';

const nothing = (memberId: string) => ({ memberId, available: 0n, held: 0n, pending: 0n, debt: 0n, growth: 0n });

/** One request's verbs and loaders. */
export function createPointsContext(request: RequestContext, app: PointsApp): PointsContext {
  const { caller } = request;
  const tenant = caller.groupId !== null;
  return {
    ...request,
    app,
    load: {
      account: new DataLoader(async (ids) => {
        const found = tenant ? await app.accounts(caller, ids) : new Map();
        return ids.map((id) => found.get(id) ?? nothing(id));
      }),
      member: new DataLoader(async (ids) => {
        const found = tenant ? await app.knownMembers(caller, ids) : new Set();
        return ids.map((id) => found.has(id));
      }),
      gift: new DataLoader(async (ids) => {
        const found = tenant ? await app.giftsById(caller, ids) : new Map();
        return ids.map((id) => found.get(id) ?? null);
      }),
      unredeemable: new DataLoader(async (gifts) => {
        const found = caller.memberId ? await app.unredeemable(caller, caller.memberId, gifts) : new Map();
        return gifts.map(({ id }) => found.get(id) ?? null);
      }),
      purchase: new DataLoader(async (ids) => {
        const found = tenant ? await app.purchasePoints(caller, ids) : new Map();
        return ids.map((id) => found.get(id) ?? null);
      }),
      proof: new DataLoader(
        async (keys) => {
          const found = tenant ? await app.proofs(caller, keys) : new Map();
          return keys.map(({ entryId }) => found.get(entryId) ?? null);
        },
        { cacheKeyFn: ({ memberId, entryId }) => `${memberId} ${entryId}` },
      ),
    },
  };
}
