import { isUuid } from '@atrium/kernel';
import type { Caller, Database, Page, Tx } from '@atrium/platform';
import DataLoader from 'dataloader';
import {
  type Checkout,
  type Coupon,
  type CouponStatus,
  couponsById,
  couponsGrantedBy,
  couponsOf,
  membersKnown,
  type Offer,
  offersFor,
  type Purchase,
  purchasesById,
  type TemplateVersion,
  templatesByVersion,
  type VersionKey,
  visibleCheckouts,
} from '../use-cases/coupons.query';

export interface CouponLoaders {
  template: DataLoader<VersionKey, TemplateVersion | null, string>;
  coupon: DataLoader<{ memberId: string; id: string }, Coupon | null, string>;
  memberKnown: DataLoader<string, boolean>;
  /** Only what the caller may see. */
  checkout: DataLoader<string, Checkout | null>;
  purchase: DataLoader<string, Purchase | null>;
  grantedBy: DataLoader<string, Coupon[]>;
  couponsOf(memberId: string, status: CouponStatus | null, page: Page): Promise<Coupon[]>;
  offers(mallId: string | null, page: Page): Promise<Offer[]>;
  now(): Date;
}

/** One request's reads: each batch is one transaction of the caller's tenant. Without a tenant there is nothing. */
export function createLoaders(caller: Caller, db: Database): CouponLoaders {
  const read = <T>(nothing: T, work: (tx: Tx) => Promise<T>): Promise<T> =>
    caller.groupId === null ? Promise.resolve(nothing) : db.inTransaction(caller.groupId, work);
  const byId = <R extends { id: string }>(find: (tx: Tx, ids: readonly string[]) => Promise<R[]>) =>
    new DataLoader<string, R | null>(async (ids) => {
      const wanted = ids.filter(isUuid).map((id) => id.toLowerCase());
      const found = new Map((await read<R[]>([], (tx) => find(tx, wanted))).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id.toLowerCase()) ?? null);
    });
  const versionKey = ({ templateId, version }: VersionKey) => `${templateId}:${version}`;
  return {
    template: new DataLoader(
      async (keys) => {
        const rows = await read<TemplateVersion[]>([], (tx) => templatesByVersion(tx, keys));
        const found = new Map(rows.map((row) => [versionKey({ templateId: row.id, version: row.version }), row]));
        return keys.map((key) => found.get(versionKey(key)) ?? null);
      },
      { cacheKeyFn: versionKey },
    ),
    coupon: new DataLoader(
      async (keys) => {
        const rows = await read<Coupon[]>([], (tx) => couponsById(tx, keys));
        const found = new Map(rows.map((row) => [row.id, row]));
        return keys.map(({ id }) => found.get(id) ?? null);
      },
      { cacheKeyFn: ({ memberId, id }) => `${memberId}/${id}` },
    ),
    memberKnown: new DataLoader(async (ids) => {
      const known = await read(new Set<string>(), (tx) => membersKnown(tx, ids.filter(isUuid)));
      return ids.map((id) => known.has(id.toLowerCase()));
    }),
    checkout: byId((tx, ids) => visibleCheckouts(tx, caller, ids)),
    purchase: byId(purchasesById),
    grantedBy: new DataLoader(async (ids) => {
      const coupons = await read<Coupon[]>([], (tx) => couponsGrantedBy(tx, ids.filter(isUuid)));
      return ids.map((id) => coupons.filter(({ grantedPurchaseId }) => grantedPurchaseId === id.toLowerCase()));
    }),
    couponsOf: (memberId, status, page) => read<Coupon[]>([], (tx) => couponsOf(tx, memberId, status, page)),
    offers: (mallId, page) => read<Offer[]>([], (tx) => offersFor(tx, caller.memberId, mallId, page)),
    now: () => db.clock.now(),
  };
}
