import { SharedArray } from 'k6/data';
import { MEMBER_EXPONENT, placeOf, STORE_EXPONENT, zipf } from './choose.ts';

/** Made by `npm run load` before k6 starts. Tokens are those of the callers themselves. */
export type World = {
  url: string;
  /** Keys of this run begin with it. */
  run: string;
  members: { id: string; card: string; token: string }[];
  stores: { id: string; token: string }[];
  /** Coupons that everybody may claim, and the one that there are too few of. */
  coupons: { open: string; flash: string };
};
type Shared = Pick<World, 'url' | 'run' | 'coupons'>;

const read = () => JSON.parse(open(__ENV['WORLD'] ?? '')) as World;

const shared = new SharedArray('world', (): Shared[] => {
  const { url, run, coupons } = read();
  return [{ url, run, coupons }];
})[0] as Shared;
export const url = shared.url;
export const run = shared.run;
export const coupons = shared.coupons;

const members = new SharedArray('members', () => read().members);
const stores = new SharedArray('stores', () => read().stores);

const memberSums = zipf(members.length, MEMBER_EXPONENT);
const storeSums = zipf(stores.length, STORE_EXPONENT);

export const someMember = () => members[placeOf(memberSums, Math.random())] as World['members'][number];
/** Each as likely as the other: a crowd, not regulars. */
export const anyMember = () => members[Math.floor(Math.random() * members.length)] as World['members'][number];
export const someStore = () => stores[placeOf(storeSums, Math.random())] as World['stores'][number];
