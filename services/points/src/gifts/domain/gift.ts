// A gift of the points mall: what it is, what it costs, who may have it.
import { formatMinor, type Points } from '@atrium/kernel';

export const GIFT_KINDS = ['GOODS', 'SERVICE', 'VOUCHER'] as const;
export type GiftKind = (typeof GIFT_KINDS)[number];

export const GIFT_STATUSES = ['DRAFT', 'PUBLISHED', 'WITHDRAWN'] as const;
export type GiftStatus = (typeof GIFT_STATUSES)[number];

export const GIFT_DELIVERIES = ['PICK_UP', 'SHIP', 'DIGITAL'] as const;
export type GiftDelivery = (typeof GIFT_DELIVERIES)[number];

export interface GiftText {
  readonly locale: string;
  readonly name: string;
  readonly description: string | null;
}

export interface GiftImage {
  readonly url: string;
  readonly alt: string;
}

/** Points alone, or points and cash. */
export interface GiftPrice {
  readonly points: Points;
  readonly cashMinor: bigint;
  readonly currency: string | null;
}

/** What staff say about a gift. */
export interface GiftTerms {
  readonly code: string;
  readonly nodeId: string;
  readonly kind: GiftKind;
  readonly category: string;
  readonly tags: readonly string[];
  readonly texts: readonly GiftText[];
  readonly images: readonly GiftImage[];
  /** Tier codes; empty: every tier. */
  readonly tiers: readonly string[];
  readonly prices: readonly GiftPrice[];
  readonly deliveries: readonly GiftDelivery[];
  readonly stockPerDay: number | null;
  readonly limitPerMember: number | null;
  readonly saleFrom: Date;
  readonly saleUntil: Date | null;
  /** Staff may take it back for so many days after it was handed over; 0: never. */
  readonly returnDays: number;
}

export interface Gift extends GiftTerms {
  readonly id: string;
  /** Ids from the group down to the node that provides it. */
  readonly path: readonly string[];
  readonly status: GiftStatus;
  readonly version: bigint;
  readonly publishedAt: Date | null;
  readonly updatedAt: Date;
  /** Null: no end. */
  readonly stockLeft: bigint | null;
  /** Taken of today's part of the stock. */
  readonly takenToday: number;
}

/** A price is named by what it says, so that a changed price is another price: "1000" or "500+20.00CNY". */
export function priceId({ points, cashMinor, currency }: GiftPrice): string {
  return currency === null || cashMinor === 0n
    ? `${points}`
    : `${points}+${formatMinor(cashMinor, currency)}${currency}`;
}

export const leastPoints = (prices: readonly GiftPrice[]): Points =>
  prices.reduce((least, { points }) => (points < least ? points : least), prices[0]?.points ?? 0n);

/** One form for what is written and what is looked for: width, case and spaces do not matter. */
export const searchable = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

export const searchTextOf = ({ code, category, tags, texts }: GiftTerms): string =>
  searchable(
    [code, category, ...tags, ...texts.flatMap(({ name, description }) => [name, description ?? ''])].join('\n'),
  );

export const TERMS_MAX = 5;
export const searchTermsOf = (search: string): string[] =>
  searchable(search)
    .split(' ')
    .filter((term) => term !== '')
    .slice(0, TERMS_MAX);

export type GiftRefusal = 'NOT_ON_SALE' | 'TIER' | 'LIMIT_REACHED' | 'SOLD_OUT' | 'SOLD_OUT_TODAY';

/** A member as far as a gift asks for. */
export interface GiftBuyer {
  readonly tier: string | null;
  /** Of this gift, in orders that count. */
  readonly ordered: number;
}

export const isOnSale = (gift: Pick<Gift, 'status' | 'saleFrom' | 'saleUntil'>, now: Date): boolean =>
  gift.status === 'PUBLISHED' && gift.saleFrom <= now && (gift.saleUntil === null || now < gift.saleUntil);

/** Why the gift is not for this member, the reason that is hardest to change first; null: it is. */
export function refusalOf(gift: Gift, buyer: GiftBuyer, quantity: number, now: Date): GiftRefusal | null {
  if (!isOnSale(gift, now)) return 'NOT_ON_SALE';
  if (gift.tiers.length > 0 && (buyer.tier === null || !gift.tiers.includes(buyer.tier))) return 'TIER';
  if (gift.limitPerMember !== null && buyer.ordered + quantity > gift.limitPerMember) return 'LIMIT_REACHED';
  if (gift.stockLeft !== null && gift.stockLeft < BigInt(quantity)) return 'SOLD_OUT';
  return gift.stockPerDay !== null && gift.takenToday + quantity > gift.stockPerDay ? 'SOLD_OUT_TODAY' : null;
}

export type GiftFault =
  | 'CODE'
  | 'TEXTS'
  | 'IMAGE'
  | 'CATEGORY'
  | 'TAGS'
  | 'PRICES'
  | 'PRICE'
  | 'CURRENCY'
  | 'DELIVERIES'
  | 'NOT_POSITIVE'
  | 'INTERVAL'
  | 'RETURN_DAYS'
  | 'TOO_MANY'
  | 'NODE'
  | 'STOCK';

const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const LOCALES = ['zh-CN', 'en'];
const MOST = { images: 10, tags: 20, prices: 10, tiers: 20 };
const PIECES_MAX = 1_000_000;
const POINTS_MAX = 1_000_000_000_000n;

/** The first thing that is wrong with what staff wrote, and where. */
export function giftFault(terms: GiftTerms): [path: string[], fault: GiftFault] | null {
  if (!CODE.test(terms.code)) return [['code'], 'CODE'];
  if (!isText(terms.category, 64)) return [['category'], 'CATEGORY'];
  const list = (['images', 'tags', 'prices', 'tiers'] as const).find((name) => terms[name].length > MOST[name]);
  if (list) return [[list], 'TOO_MANY'];
  if (!terms.tags.every((tag) => isText(tag, 64))) return [['tags'], 'TAGS'];
  return (
    textsFault(terms.texts) ??
    imagesFault(terms.images) ??
    pricesFault(terms.prices) ??
    countsFault(terms) ??
    (terms.saleUntil !== null && terms.saleUntil <= terms.saleFrom ? [['saleUntil'], 'INTERVAL'] : null)
  );
}

const isText = (text: string, longest: number): boolean =>
  text.trim() !== '' && text.length <= longest && !text.includes('\0');

function textsFault(texts: readonly GiftText[]): [string[], GiftFault] | null {
  const locales = new Set(texts.map(({ locale }) => locale));
  if (texts.length === 0 || locales.size !== texts.length) return [['texts'], 'TEXTS'];
  const wrong = texts.findIndex(
    ({ locale, name, description }) =>
      !LOCALES.includes(locale) || !isText(name, 200) || (description !== null && !isText(description, 5_000)),
  );
  return wrong < 0 ? null : [['texts', String(wrong)], 'TEXTS'];
}

function imagesFault(images: readonly GiftImage[]): [string[], GiftFault] | null {
  const wrong = images.findIndex(
    ({ url, alt }) => !/^https:\/\/[^\s/?#]+\S*$/.test(url) || url.length > 2_000 || !isText(alt, 300),
  );
  return wrong < 0 ? null : [['images', String(wrong)], 'IMAGE'];
}

function pricesFault(prices: readonly GiftPrice[]): [string[], GiftFault] | null {
  if (prices.length === 0 || new Set(prices.map(priceId)).size !== prices.length) return [['prices'], 'PRICES'];
  // Points are what the mall is for: a price in cash alone is a shop's.
  const wrong = prices.findIndex(({ points, cashMinor }) => points <= 0n || points > POINTS_MAX || cashMinor < 0n);
  return wrong < 0 ? null : [['prices', String(wrong)], 'PRICE'];
}

function countsFault(terms: GiftTerms): [string[], GiftFault] | null {
  if (terms.deliveries.length === 0 || new Set(terms.deliveries).size !== terms.deliveries.length) {
    return [['deliveries'], 'DELIVERIES'];
  }
  for (const name of ['stockPerDay', 'limitPerMember'] as const) {
    const count = terms[name];
    if (count !== null && !(count >= 1 && count <= PIECES_MAX)) return [[name], 'NOT_POSITIVE'];
  }
  return terms.returnDays >= 0 && terms.returnDays <= 365 ? null : [['returnDays'], 'RETURN_DAYS'];
}

/** DRAFT -> PUBLISHED <-> WITHDRAWN. */
export const canBecome = (from: GiftStatus, to: GiftStatus): boolean =>
  to === 'PUBLISHED' ? from !== 'PUBLISHED' : to === 'WITHDRAWN' && from === 'PUBLISHED';

/** Where one price band ends and the next begins. */
export const BAND_STARTS: readonly Points[] = [0n, 500n, 1_000n, 2_000n, 5_000n, 10_000n, 20_000n, 50_000n, 100_000n];
