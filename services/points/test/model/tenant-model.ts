// What a mall group's members must have, told the plain way: every fact is applied where it arrives, and everything about a
// sale is worked out anew. Written from the rules alone; it shares no code with the service.
import { MemberModel, type ModelLot } from './ledger-model';
import {
  type ModelSale,
  type ModelTier,
  rateModel,
  type Rated,
  refundableOf,
  reversedOf,
  type Rules,
} from './rating-model';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The model's only mall: no summer time. */
const OFFSET = 8 * HOUR;

export interface Policy {
  /** Days after the sale; 0: at once. */
  readonly pendingDays: number;
  readonly expiry:
    | { readonly mode: 'NEVER' }
    | { readonly mode: 'DAYS'; readonly days: number }
    | { readonly mode: 'MONTH_ENDS'; readonly more: number };
  readonly lateCreditDays: number;
  readonly afterExpiry: { readonly mode: 'EXPIRED' } | { readonly mode: 'GRACE_DAYS'; readonly days: number };
  readonly dayCutHour: number;
  readonly holdMinutes: number;
}

interface Burn {
  readonly points: bigint;
  readonly owed: bigint;
  owedBack: bigint;
  readonly parts: { lot: ModelLot; points: bigint; back: bigint }[];
  returned: bigint;
}

interface SaleState {
  readonly sale: ModelSale;
  rated: Rated;
  tier: ModelTier | null;
  refunded: bigint[];
  all: boolean;
  posted: { points: bigint; growth: bigint };
  burn: Burn | null;
}

export interface ModelRefund {
  readonly sale: string;
  /** Of each line so far, in money and in points' worth. */
  readonly cash: readonly bigint[];
  readonly worth: readonly bigint[];
  readonly all: boolean;
  readonly pointsBack: bigint;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);

export class TenantModel {
  readonly members = new Map<string, MemberModel>();
  private readonly sales = new Map<string, SaleState>();
  private readonly tiers = new Map<string, { at: number; tier: ModelTier; version: number }[]>();
  private waiting: ModelRefund[] = [];

  constructor(
    readonly rules: Rules,
    readonly policy: Policy,
    private readonly base: ModelTier,
  ) {}

  member(name: string): MemberModel {
    const known = this.members.get(name) ?? new MemberModel();
    this.members.set(name, known);
    return known;
  }

  passTime(now: number): void {
    for (const member of this.members.values()) member.passTime(now);
  }

  totals(id: string): { earned: bigint; reversed: bigint; redeemed: bigint; growth: bigint } | null {
    const state = this.sales.get(id);
    if (!state) return null;
    const gone = this.reversed(state);
    const growth = state.rated.lineGrowth.reduce((a, b) => a + b, 0n);
    return {
      earned: state.rated.total,
      reversed: gone.points,
      redeemed: state.burn ? state.burn.points - state.burn.returned : 0n,
      growth: growth - gone.growth,
    };
  }

  sell(now: number, sale: ModelSale, payment: { hold: string; points: bigint } | null): void {
    if (this.sales.has(sale.id)) return;
    const member = this.member(sale.member);
    const rated = { linePoints: [], lineGrowth: [], bonuses: [], total: 0n };
    const state: SaleState = {
      sale,
      rated,
      tier: this.tierAt(sale.member, sale.at),
      refunded: sale.lines.map(() => 0n),
      all: false,
      posted: { points: 0n, growth: 0n },
      burn: null,
    };
    this.sales.set(sale.id, state);
    if (payment) {
      const { parts, owed } = member.capture(payment.hold, payment.points, now);
      const backs = parts.map((part) => ({ ...part, back: 0n }));
      state.burn = { points: payment.points, owed, owedBack: 0n, parts: backs, returned: 0n };
    }
    const others = this.rateDayOf(state, new Set([state]));
    this.post(now, state);
    for (const other of others) this.post(now, other);
    for (const refund of this.waiting.splice(0)) this.refund(now, refund);
  }

  /** All sales of a member's business day in the order of the tills: each takes the room that the caps still leave. */
  private rateDayOf({ sale }: SaleState, due: ReadonlySet<SaleState>): SaleState[] {
    const { perDay, perMerchantDay } = this.rules.programme;
    const day = [...this.sales.values()]
      .filter((other) => other.sale.member === sale.member && other.sale.day === sale.day)
      .sort((a, b) => a.sale.at - b.sale.at || (a.sale.id < b.sale.id ? -1 : 1));
    const changed: SaleState[] = [];
    let used = 0n;
    const usedAt = new Map<string, bigint>();
    for (const state of day) {
      const at = usedAt.get(state.sale.merchant) ?? 0n;
      const rooms = [
        perDay === null ? null : most(perDay - used, 0n),
        perMerchantDay === null ? null : most(perMerchantDay - at, 0n),
      ];
      const room = rooms.reduce((a, b) => (a === null ? b : b === null ? a : least(a, b)));
      const before = state.rated.total;
      if (due.has(state) || perDay !== null || perMerchantDay !== null) {
        state.rated = rateModel(this.rules, state.sale, state.tier, room);
        if (!due.has(state) && state.rated.total !== before) changed.push(state);
      }
      used += state.rated.total;
      usedAt.set(state.sale.merchant, at + state.rated.total);
    }
    return changed;
  }

  private reversed({ sale, tier, rated, refunded, all }: SaleState): { points: bigint; growth: bigint } {
    return reversedOf(this.rules, sale, tier, rated, refunded, all);
  }

  /** Brings what is posted for a sale to what it comes to. */
  private post(now: number, state: SaleState, until: number | null = this.endOf(now, state.sale.at)): void {
    const member = this.member(state.sale.member);
    const gone = this.reversed(state);
    const points = state.rated.total - gone.points - state.posted.points;
    const growth = state.rated.lineGrowth.reduce((a, b) => a + b, 0n) - gone.growth - state.posted.growth;
    if (points > 0n) {
      const availableAt =
        this.policy.pendingDays === 0 ? state.sale.at : midnight(state.sale.at, this.policy.pendingDays);
      member.credit({ from: state.sale.id, earnedAt: state.sale.at, availableAt, expiresAt: until }, points, now);
    } else if (points < 0n) member.debt += member.takeBack(state.sale.id, -points);
    member.growth += growth;
    state.posted = { points: state.posted.points + points, growth: state.posted.growth + growth };
  }

  refund(now: number, refund: ModelRefund): void {
    const state = this.sales.get(refund.sale);
    if (!state) {
      this.waiting.push(refund);
      return;
    }
    const { sale, burn } = state;
    const counts = this.rules.programme.basis !== 'NET_OF_COUPONS_AND_POINTS';
    state.refunded = state.refunded.map((before, i) => {
      const line = sale.lines[i];
      const whole = line ? refundableOf(this.rules.programme, line) : 0n;
      return most(before, least(whole, (refund.cash[i] ?? 0n) + (counts ? (refund.worth[i] ?? 0n) : 0n)));
    });
    state.all ||= refund.all;
    if (burn) this.giveBack(now, state, burn, refund.pointsBack);
    this.post(now, state, now + this.policy.lateCreditDays * DAY);
  }

  /** What had been owed for the payment first; then the lots, the last used one first. */
  private giveBack(now: number, state: SaleState, burn: Burn, cumulative: bigint): void {
    const member = this.member(state.sale.member);
    const target = state.all ? burn.points : least(cumulative, burn.points);
    let left = target - burn.returned;
    if (left <= 0n) return;
    burn.returned = target;
    const owed = least(left, burn.owed - burn.owedBack);
    const forgiven = least(owed, member.debt);
    member.debt -= forgiven;
    burn.owedBack += owed;
    left -= owed;
    const { afterExpiry } = this.policy;
    for (const part of [...burn.parts].reverse()) {
      const points = least(left, part.points - part.back);
      part.back += points;
      left -= points;
      part.lot.redeemed -= points;
      const lapsed = part.lot.expiresAt !== null && part.lot.expiresAt <= now;
      if (lapsed && afterExpiry.mode === 'EXPIRED') part.lot.expired += points;
      else part.lot.available += points;
      if (lapsed && points > 0n && afterExpiry.mode === 'GRACE_DAYS') part.lot.expiresAt = now + afterExpiry.days * DAY;
    }
    if (owed > forgiven) {
      const until = now + this.policy.lateCreditDays * DAY;
      const lot = { from: state.sale.id, earnedAt: state.sale.at, availableAt: now, expiresAt: until };
      member.credit(lot, owed - forgiven, now);
    }
    member.payDebt();
  }

  changeTier(now: number, name: string, tier: ModelTier, at: number, version: number): void {
    const list = this.tiers.get(name) ?? [];
    if (list.some((known) => known.version === version)) return;
    this.tiers.set(name, [...list, { at, tier, version }]);
    const due = [...this.sales.values()]
      .filter(({ sale }) => sale.member === name)
      .filter((state) => this.tierAt(name, state.sale.at)?.code !== state.tier?.code)
      .sort((a, b) => a.sale.at - b.sale.at || (a.sale.id < b.sale.id ? -1 : 1));
    for (const state of due) state.tier = this.tierAt(name, state.sale.at);
    const others = new Set<SaleState>();
    for (const state of due) for (const other of this.rateDayOf(state, new Set(due))) others.add(other);
    for (const state of [...due, ...others]) this.post(now, state);
  }

  /** Strictly after a change the member is in the new tier. */
  private tierAt(name: string, at: number): ModelTier | null {
    const before = (this.tiers.get(name) ?? []).filter((change) => change.at < at);
    return before.sort((a, b) => b.at - a.at || b.version - a.version)[0]?.tier ?? this.base;
  }

  adjust(now: number, name: string, amount: bigint): void {
    const member = this.member(name);
    if (amount > 0n) {
      member.credit(
        { from: 'adjustment', earnedAt: now, availableAt: now, expiresAt: this.endOf(now, now) },
        amount,
        now,
      );
      return;
    }
    let left = -amount;
    for (const lot of member.spendable()) {
      const part = least(left, lot.available);
      lot.available -= part;
      lot.revoked += part;
      left -= part;
    }
  }

  /** Of points that were earned at `earnedAt` and are credited at `now`. */
  private endOf(now: number, earnedAt: number): number | null {
    const { expiry, lateCreditDays } = this.policy;
    if (expiry.mode === 'NEVER') return null;
    const end = expiry.mode === 'DAYS' ? earnedAt + expiry.days * DAY : monthEnd(earnedAt, expiry.more);
    return now - earnedAt <= DAY ? end : Math.max(end, now + lateCreditDays * DAY);
  }
}

/** Local midnight that begins the day so many days after an instant's local day. */
function midnight(at: number, days: number): number {
  const local = at + OFFSET;
  return local - (local % DAY) + days * DAY - OFFSET;
}

/** The first instant after the local month of `at` and so many further ones. */
function monthEnd(at: number, more: number): number {
  const local = new Date(at + OFFSET);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1 + more, 1) - OFFSET;
}

/** The mall's business day, YYYY-MM-DD. */
export const businessDay = (at: number, cutHour: number): string =>
  new Date(at + OFFSET - cutHour * HOUR).toISOString().slice(0, 10);
