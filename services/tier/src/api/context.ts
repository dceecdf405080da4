import type { Database, RequestContext, Tx } from '@atrium/platform';
import DataLoader from 'dataloader';
import type { TierApp } from '../app';
import type { Ladder } from '../domain/ladder';
import {
  findAllLadders,
  findChangesOfPurchases,
  findKnownMembers,
  findMemberships,
  type MembershipView,
  type TierChangeRecord,
} from '../use-cases/tier-membership.query';

export interface TierLoaders {
  membership: DataLoader<string, MembershipView | null>;
  /** Has this group heard of the member? */
  memberKnown: DataLoader<string, boolean>;
  changeOfPurchase: DataLoader<string, TierChangeRecord | null>;
  /** Every version, oldest first. Read once a request. */
  ladders(): Promise<Ladder[]>;
}

export type TierContext = RequestContext & { app: TierApp; db: Database; load: TierLoaders };

/** Without a tenant there is nothing to read. */
export function createLoaders(db: Database, groupId: string | null): TierLoaders {
  const read = <T>(none: T, work: (tx: Tx) => Promise<T>): Promise<T> =>
    groupId === null ? Promise.resolve(none) : db.inTransaction(groupId, work);
  const loader = <T>(none: T, find: (tx: Tx, ids: readonly string[]) => Promise<T[]>) =>
    new DataLoader<string, T>((ids) =>
      read(
        ids.map(() => none),
        (tx) => find(tx, ids),
      ),
    );
  let ladders: Promise<Ladder[]> | null = null;
  return {
    membership: loader<MembershipView | null>(null, findMemberships),
    memberKnown: loader(false, findKnownMembers),
    changeOfPurchase: loader<TierChangeRecord | null>(null, findChangesOfPurchases),
    ladders: () => (ladders ??= read([], findAllLadders)),
  };
}
