// A sale as a till states it: is the statement sound, and what did each line come to?
import { err, isInt64, ok, parseMoney, parseRational, type Result } from '@atrium/kernel';

export interface StatedMoney {
  amount: string;
  currency: string;
}

export interface StatedLine {
  lineNo: number;
  sku: string;
  category: string;
  quantity: string;
  gross: StatedMoney;
  discount: StatedMoney | null;
}

/** A part of what was paid in money, by how it was paid. */
export interface StatedPayment {
  method: string;
  amount: StatedMoney;
}

export interface StatedSale {
  sourceSystem: string;
  externalId: string;
  storeId: string;
  occurredAt: Date;
  memberId: string | null;
  /** Whether the till gave an identifier instead of an id. */
  hasIdentifier: boolean;
  checkoutId: string | null;
  lines: readonly StatedLine[];
  paid: StatedMoney | null;
  channel: string | null;
  payments: readonly StatedPayment[];
}

export type InvalidReason =
  | 'EMPTY'
  | 'REFUND_DISMISSED'
  | 'DEDUCTION_EXCEEDS_CASH'
  | 'TOO_LONG'
  | 'NOT_PLAIN_TEXT'
  | 'NO_LINES'
  | 'TOO_MANY_LINES'
  | 'TOO_MANY_PAYMENTS'
  | 'LINE_TWICE'
  | 'LINE_UNKNOWN'
  | 'NEGATIVE'
  | 'NOT_A_DECIMAL'
  | 'TOO_MANY_DIGITS'
  | 'OUT_OF_RANGE'
  | 'UNKNOWN_CURRENCY'
  | 'OTHER_CURRENCY'
  | 'DISCOUNT_EXCEEDS_GROSS'
  | 'IN_THE_FUTURE'
  | 'TOO_OLD'
  | 'MEMBER_TWICE'
  | 'MEMBER_MISSING'
  | 'DOES_NOT_ADD_UP'
  | 'NOT_AS_RESERVED'
  | 'CHECKOUT_OF_ANOTHER_STORE'
  | 'CHECKOUT_OF_ANOTHER_MEMBER'
  | 'CHECKOUT_USED'
  | 'NUMBER_USED'
  | 'RECORDED_ELSEWHERE'
  | 'BAD_CODE'
  | 'NAME_OF_A_SITE'
  | 'BAD_TIME_ZONE'
  | 'BAD_DAY_CUT'
  | 'BAD_SHARE'
  | 'NOT_ONE_OF_TWO';

export interface Invalid {
  path: string[];
  reason: InvalidReason;
}

export interface DraftLine {
  lineNo: number;
  sku: string;
  category: string;
  quantity: string;
  grossMinor: bigint;
  shopDiscountMinor: bigint;
}

export interface Payment {
  method: string;
  amountMinor: bigint;
}

export interface SaleDraft {
  sourceSystem: string;
  externalId: string;
  storeId: string;
  occurredAt: Date;
  memberId: string | null;
  checkoutId: string | null;
  currency: string;
  lines: DraftLine[];
  statedPaidMinor: bigint | null;
  /** How the sale was made. */
  channel: string | null;
  /** By method, each once; none when the till does not say. */
  payments: Payment[];
}

export interface SaleLine extends DraftLine {
  tierDiscountMinor: bigint;
  couponDiscountMinor: bigint;
  pointsValueMinor: bigint;
  paidMinor: bigint;
}

export interface PricedSale {
  lines: SaleLine[];
  grossMinor: bigint;
  paidMinor: bigint;
  pointsUsed: bigint;
  pointsValueMinor: bigint;
}

/** What a reserved basket came to. */
export interface ReservedBasket {
  lines: readonly {
    lineNo: number;
    grossMinor: bigint;
    shopDiscountMinor: bigint;
    tierDiscountMinor: bigint;
    couponDiscountMinor: bigint;
    pointsValueMinor: bigint;
    toPayMinor: bigint;
  }[];
  pointsUsed: bigint;
  pointsValueMinor: bigint;
}

export const MAX_LINES = 2_000;
const MAX_TEXT = 200;
const MAX_PAYMENTS = 50;
/** A channel or a payment method. */
const MAX_NAME = 64;
/** A sale travels as one message: its lines must fit, counted with three bytes a character and their numbers. */
const MAX_BASKET_BYTES = 900_000;
const LINE_BYTES = 120;
const MAX_LINE_NO = 2_147_483_647;
const MAX_QUANTITY_LENGTH = 40;
/** How far a till's clock may be ahead. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const OLDEST = Date.UTC(1990, 0, 1);

export const invalid = (reason: InvalidReason, ...path: string[]) => err<Invalid>({ path, reason });

/** Whether an instant can be when something happened, seen from `now`. */
export function checkInstant(occurredAt: Date, now: Date): InvalidReason | null {
  if (occurredAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return 'IN_THE_FUTURE';
  return occurredAt.getTime() < OLDEST ? 'TOO_OLD' : null;
}

export function checkText(text: string, mayBeEmpty = false): InvalidReason | null {
  if (!mayBeEmpty && text.trim() === '') return 'EMPTY';
  if (text.length > MAX_TEXT) return 'TOO_LONG';
  return text.includes('\u0000') ? 'NOT_PLAIN_TEXT' : null;
}

/** An amount that is not negative, in the one currency of its document. */
export function readAmount(stated: StatedMoney, currency: string, path: string[]): Result<bigint, Invalid> {
  if (stated.currency !== currency) return invalid('OTHER_CURRENCY', ...path, 'currency');
  const parsed = parseMoney(stated.amount, stated.currency);
  if (!parsed.ok) return invalid(parsed.error, ...path, 'amount');
  if (parsed.value.amountMinor < 0n) return invalid('NEGATIVE', ...path, 'amount');
  return ok(parsed.value.amountMinor);
}

/** Everything that can be said about a statement without knowing the mall, the member or the basket. */
export function checkSale(sale: StatedSale, now: Date): Result<SaleDraft, Invalid> {
  for (const field of ['sourceSystem', 'externalId'] as const) {
    const reason = checkText(sale[field]);
    if (reason) return invalid(reason, field);
  }
  const when = checkInstant(sale.occurredAt, now);
  if (when) return invalid(when, 'occurredAt');
  if (sale.memberId !== null && sale.hasIdentifier) return invalid('MEMBER_TWICE', 'member');
  const [first] = sale.lines;
  if (!first) return invalid('NO_LINES', 'lines');
  if (sale.lines.length > MAX_LINES) return invalid('TOO_MANY_LINES', 'lines');
  const { currency } = first.gross;
  const lines: DraftLine[] = [];
  const seen = new Set<number>();
  let sum = 0n;
  let bytes = 0;
  for (const [i, line] of sale.lines.entries()) {
    const at = ['lines', String(i)];
    if (seen.has(line.lineNo)) return invalid('LINE_TWICE', ...at, 'lineNo');
    seen.add(line.lineNo);
    const checked = checkLine(line, currency, at);
    if (!checked.ok) return checked;
    lines.push(checked.value);
    bytes += LINE_BYTES + 3 * (line.sku.length + line.category.length + line.quantity.length);
    if (bytes > MAX_BASKET_BYTES) return invalid('TOO_LONG', 'lines');
    sum += checked.value.grossMinor;
    if (!isInt64(sum)) return invalid('OUT_OF_RANGE', ...at, 'gross', 'amount');
  }
  let statedPaidMinor: bigint | null = null;
  if (sale.paid) {
    const paid = readAmount(sale.paid, currency, ['paid']);
    if (!paid.ok) return paid;
    statedPaidMinor = paid.value;
  }
  const channel = sale.channel === null ? null : checkName(sale.channel);
  if (channel) return invalid(channel, 'channel');
  const payments = readPayments(sale.payments, currency);
  if (!payments.ok) return payments;
  return ok({
    sourceSystem: sale.sourceSystem,
    externalId: sale.externalId,
    storeId: sale.storeId.toLowerCase(),
    occurredAt: sale.occurredAt,
    memberId: sale.memberId?.toLowerCase() ?? null,
    checkoutId: sale.checkoutId?.toLowerCase() ?? null,
    currency,
    lines,
    statedPaidMinor,
    channel: sale.channel,
    payments: payments.value,
  });
}

const checkName = (text: string): InvalidReason | null =>
  checkText(text) ?? (text.length > MAX_NAME ? 'TOO_LONG' : null);

/** Two payments by one method are one. In an order of their own, so that equal statements are equal. */
function readPayments(stated: readonly StatedPayment[], currency: string): Result<Payment[], Invalid> {
  if (stated.length > MAX_PAYMENTS) return invalid('TOO_MANY_PAYMENTS', 'payments');
  const sums = new Map<string, bigint>();
  for (const [i, { method, amount }] of stated.entries()) {
    const at = ['payments', String(i)];
    const reason = checkName(method);
    if (reason) return invalid(reason, ...at, 'method');
    const value = readAmount(amount, currency, [...at, 'amount']);
    if (!value.ok) return value;
    sums.set(method, (sums.get(method) ?? 0n) + value.value);
  }
  const payments = [...sums].map(([method, amountMinor]) => ({ method, amountMinor }));
  return ok(payments.sort((a, b) => (a.method < b.method ? -1 : 1)));
}

function checkLine(line: StatedLine, currency: string, at: string[]): Result<DraftLine, Invalid> {
  if (line.lineNo < 0 || line.lineNo > MAX_LINE_NO) return invalid('OUT_OF_RANGE', ...at, 'lineNo');
  for (const field of ['sku', 'category'] as const) {
    const reason = checkText(line[field], true);
    if (reason) return invalid(reason, ...at, field);
  }
  const quantity = line.quantity.length <= MAX_QUANTITY_LENGTH ? parseRational(line.quantity) : null;
  if (!quantity) return invalid('NOT_A_DECIMAL', ...at, 'quantity');
  if (quantity.num < 0n) return invalid('NEGATIVE', ...at, 'quantity');
  const gross = readAmount(line.gross, currency, [...at, 'gross']);
  if (!gross.ok) return gross;
  let shopDiscountMinor = 0n;
  if (line.discount) {
    const discount = readAmount(line.discount, currency, [...at, 'discount']);
    if (!discount.ok) return discount;
    shopDiscountMinor = discount.value;
  }
  if (shopDiscountMinor > gross.value) return invalid('DISCOUNT_EXCEEDS_GROSS', ...at, 'discount', 'amount');
  const { lineNo, sku, category } = line;
  return ok({ lineNo, sku, category, quantity: line.quantity, grossMinor: gross.value, shopDiscountMinor });
}

/** What each line came to: without a basket gross less the shop's discount, with one exactly what was reserved. */
export function priceSale(draft: SaleDraft, basket: ReservedBasket | null): Result<PricedSale, Invalid> {
  const lines = basket ? asReserved(draft, basket) : ok(draft.lines.map(withoutBasket));
  if (!lines.ok) return lines;
  const grossMinor = lines.value.reduce((sum, line) => sum + line.grossMinor, 0n);
  const paidMinor = lines.value.reduce((sum, line) => sum + line.paidMinor, 0n);
  if (draft.statedPaidMinor !== null && draft.statedPaidMinor !== paidMinor) return invalid('DOES_NOT_ADD_UP', 'paid');
  const stated = draft.payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (draft.payments.length > 0 && stated !== paidMinor) return invalid('DOES_NOT_ADD_UP', 'payments');
  return ok({
    lines: lines.value,
    grossMinor,
    paidMinor,
    pointsUsed: basket?.pointsUsed ?? 0n,
    pointsValueMinor: basket?.pointsValueMinor ?? 0n,
  });
}

const withoutBasket = (line: DraftLine): SaleLine => ({
  ...line,
  tierDiscountMinor: 0n,
  couponDiscountMinor: 0n,
  pointsValueMinor: 0n,
  paidMinor: line.grossMinor - line.shopDiscountMinor,
});

function asReserved(draft: SaleDraft, basket: ReservedBasket): Result<SaleLine[], Invalid> {
  const reserved = new Map(basket.lines.map((line) => [line.lineNo, line]));
  if (reserved.size !== draft.lines.length) return invalid('NOT_AS_RESERVED', 'lines');
  const lines: SaleLine[] = [];
  for (const [i, line] of draft.lines.entries()) {
    const r = reserved.get(line.lineNo);
    if (!r) return invalid('NOT_AS_RESERVED', 'lines', String(i), 'lineNo');
    if (r.grossMinor !== line.grossMinor) return invalid('NOT_AS_RESERVED', 'lines', String(i), 'gross');
    if (r.shopDiscountMinor !== line.shopDiscountMinor)
      return invalid('NOT_AS_RESERVED', 'lines', String(i), 'discount');
    lines.push({
      ...line,
      tierDiscountMinor: r.tierDiscountMinor,
      couponDiscountMinor: r.couponDiscountMinor,
      pointsValueMinor: r.pointsValueMinor,
      paidMinor: r.toPayMinor,
    });
  }
  return ok(lines);
}

/**
 * What makes two statements of one sale the same, as text. `identifier` is the blind index of what the till was shown.
 * The paid sum is left out: it follows from lines and basket, and a wrong one is refused before.
 */
export function saleContent(draft: SaleDraft, identifier: string | null): string {
  const lines = [...draft.lines].sort((a, b) => a.lineNo - b.lineNo);
  return JSON.stringify([
    draft.storeId,
    draft.occurredAt.toISOString(),
    draft.memberId,
    identifier,
    draft.checkoutId,
    draft.currency,
    lines.map((l) => [l.lineNo, l.sku, l.category, plain(l.quantity), `${l.grossMinor}`, `${l.shopDiscountMinor}`]),
    // A sale that says neither has the content it had before there was anything to say.
    ...(draft.channel === null && draft.payments.length === 0
      ? []
      : [draft.channel, draft.payments.map(({ method, amountMinor }) => [method, `${amountMinor}`])]),
  ]);
}

/** "1.50" and "1.5" are one quantity. */
function plain(decimal: string): string {
  const value = parseRational(decimal);
  return value ? `${value.num}:${value.den}` : decimal;
}
