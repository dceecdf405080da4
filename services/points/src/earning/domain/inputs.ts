// Everything that the points of a sale follow from. Chosen once, when the sale is first known, and kept with it.
import { businessDate, type Points } from '@atrium/kernel';
import type { RuleBook, RulesInForce } from '../../programme/domain/rule-book';
import { earnRuleFor, matches, type Part, type RuleVersion } from '../../programme/domain/rules';
import type { CampaignTerms, EarningTerms } from '../../programme/domain/terms';
import { asksBirthday, type Birthday, holdsOn } from './calendar';
import type { TierInForce } from './tier-timeline';

export interface Payment {
  readonly method: string;
  readonly amountMinor: bigint;
}

export interface LineToRate {
  readonly lineNo: number;
  readonly category: string;
  readonly grossMinor: bigint;
  /** Worth of the points that paid for a part of the line. */
  readonly pointsValueMinor: bigint;
  /** Money. */
  readonly paidMinor: bigint;
}

/** A sale, as far as rules can ask about it. */
export interface SaleToRate {
  readonly merchantId: string;
  readonly storeId: string;
  readonly currency: string;
  readonly zone: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly channel: string | null;
  readonly payments: readonly Payment[];
  readonly lines: readonly LineToRate[];
}

export interface RatedLine {
  readonly lineNo: number;
  readonly category: string;
  /** What counts, by the programme's basis. */
  readonly eligibleMinor: bigint;
  /** What a refund can give back of the line, in money and in points as the basis counts them. */
  readonly refundableMinor: bigint;
}

/** NEEDS_APPROVAL and TOO_LATE earn nothing; APPROVED earns like a sale that was reported in time. */
export type Lateness = 'NEEDS_APPROVAL' | 'TOO_LATE' | 'APPROVED';

export interface RatingInputs {
  readonly merchantId: string;
  readonly storeId: string;
  readonly currency: string;
  /** Kept where a rule of that time asks for them. */
  readonly channel: string | null;
  readonly payments: readonly Payment[];
  readonly lines: readonly RatedLine[];
  /** Rule versions: the programme, the earn rules that apply to some part, the campaigns whose time and conditions hold. */
  readonly programmeId: string | null;
  readonly earnRuleIds: readonly string[];
  readonly campaignIds: readonly string[];
  /** Whether a refund of points counts like one of money. */
  readonly pointsCount: boolean;
  readonly late: Lateness | null;
  /** Changes when a tier change arrives late. */
  readonly tier: TierInForce | null;
  /** By campaign version: what its budget gave to this sale, once and for ever. Null: not asked yet. */
  readonly grants: Readonly<Record<string, Points>> | null;
  /** What the caps of its day leave to this sale; null: all. Changes when an earlier sale of the day arrives late. */
  readonly dayRoom: Points | null;
  readonly merchantDayRoom: Points | null;
}

export interface AboutMember {
  readonly tier: TierInForce | null;
  readonly birthday: Birthday | null;
}

/** Picks the rules in force at the time of the sale. */
export function inputsFor(book: RuleBook, sale: SaleToRate, { tier, birthday }: AboutMember): RatingInputs {
  const inForce = book.at(sale.occurredAt);
  const terms = inForce.programme?.terms;
  const basis = terms?.earning.basis ?? 'NET_OF_COUPONS_AND_POINTS';
  const facts = {
    merchantId: sale.merchantId,
    storeId: sale.storeId,
    currency: sale.currency,
    channel: inForce.namesChannels ? sale.channel : null,
    payments: inForce.namesPayments ? paymentsOf(sale) : [],
    lines: sale.lines.map((line) => ratedLine(line, basis)),
  };
  const parts = distinctParts(facts);
  return {
    ...facts,
    programmeId: inForce.programme?.id ?? null,
    earnRuleIds: earnRulesFor(inForce, parts),
    campaignIds: campaignsFor(inForce, sale, parts, birthday).map(({ id }) => id),
    pointsCount: basis !== 'NET_OF_COUPONS_AND_POINTS',
    late: terms ? latenessOf(terms.earning, sale) : null,
    tier,
    grants: null,
    dayRoom: null,
    merchantDayRoom: null,
  };
}

const paymentsOf = ({ payments }: SaleToRate): Payment[] =>
  payments.filter(({ amountMinor }) => amountMinor > 0n).map(({ method, amountMinor }) => ({ method, amountMinor }));

function ratedLine(line: LineToRate, basis: EarningTerms['basis']): RatedLine {
  const { lineNo, category, grossMinor, pointsValueMinor, paidMinor } = line;
  const netOfCoupons = paidMinor + pointsValueMinor;
  switch (basis) {
    case 'GROSS':
      return { lineNo, category, eligibleMinor: grossMinor, refundableMinor: netOfCoupons };
    case 'NET_OF_COUPONS':
      return { lineNo, category, eligibleMinor: netOfCoupons, refundableMinor: netOfCoupons };
    case 'NET_OF_COUPONS_AND_POINTS':
      return { lineNo, category, eligibleMinor: paidMinor, refundableMinor: paidMinor };
  }
}

type Facts = Pick<RatingInputs, 'merchantId' | 'storeId' | 'channel' | 'payments' | 'lines'>;

/** As conditions see it: a line, or what was paid of it in one way. */
export const partOf = (facts: Facts, category: string, paymentMethod: string | null): Part => ({
  merchantId: facts.merchantId,
  storeId: facts.storeId,
  channel: facts.channel,
  category,
  paymentMethod,
});

function distinctParts(facts: Facts): Part[] {
  const methods = facts.payments.length === 0 ? [null] : facts.payments.map(({ method }) => method);
  const categories = new Set(facts.lines.map(({ category }) => category));
  return [...categories].flatMap((category) => methods.map((method) => partOf(facts, category, method)));
}

function earnRulesFor({ earn }: RulesInForce, parts: readonly Part[]): string[] {
  const ids = new Set<string>();
  for (const part of parts) {
    const rule = earnRuleFor(earn, part);
    if (rule) ids.add(rule.id);
  }
  // In their own order, so that rating again finds the same one first.
  return earn.filter(({ id }) => ids.has(id)).map(({ id }) => id);
}

/** Tiers are asked at rating: a tier can still change. */
function campaignsFor(
  { programme, campaigns }: RulesInForce,
  sale: Pick<SaleToRate, 'occurredAt' | 'zone'>,
  parts: readonly Part[],
  birthday: Birthday | null,
): readonly RuleVersion<CampaignTerms>[] {
  if (campaigns.length === 0 || !programme) return [];
  const date = businessDate(sale.occurredAt, sale.zone, programme.terms.dayCutHour * 60);
  return campaigns.filter(
    ({ terms }) => holdsOn(terms.calendar, date, birthday) && parts.some((part) => matches(terms.conditions, part)),
  );
}

/** Whether the member's birthday decides about a campaign of that time. */
export const asksForBirthday = (book: RuleBook, occurredAt: Date): boolean =>
  book.at(occurredAt).campaigns.some(({ terms }) => asksBirthday(terms.calendar));

const DAY_MS = 86_400_000;

function latenessOf({ backdated }: EarningTerms, { occurredAt, receivedAt }: SaleToRate): Lateness | null {
  const age = receivedAt.getTime() - occurredAt.getTime();
  const past = (days: number | null) => days !== null && age > days * DAY_MS;
  if (past(backdated.rejectAfterDays)) return 'TOO_LATE';
  return past(backdated.approvalAfterDays) ? 'NEEDS_APPROVAL' : null;
}
