// What a mall group's members must have, told the plain way: every fact is applied where it arrives, and everything about a
// sale is worked out anew. Written from the rules alone; it shares no code with the service.
import { DAY } from './calendar';
import { MemberModel, type UsedPoints } from './ledger-model';
import { endOf, lapsedUntil, lifeOf, owedOf, type Policy } from './policy';
import {
  type ModelCampaign,
  type ModelSale,
  type ModelTier,
  rateModel,
  type Rated,
  refundableOf,
  reversedOf,
  type Rules,
} from './rating-model';

interface Burn {
  readonly points: bigint;
  readonly owed: bigint;
  owedBack: bigint;
  readonly parts: UsedPoints[];
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
  /** What the budgets gave to it, when they were asked; null: not yet. */
  grants: Map<string, bigint> | null;
  confirmedAt: number | null;
  /** Of what refunds took back and was spent: owed, left to the member, paid in cash that the till kept. */
  owed: bigint;
  waived: bigint;
  kept: bigint;
}

export interface ModelRefund {
  readonly sale: string;
  /** Of each line so far, in money and in points' worth. */
  readonly cash: readonly bigint[];
  readonly worth: readonly bigint[];
  readonly all: boolean;
  readonly pointsBack: bigint;
  /** Cash that tills kept for missing points so far; a fen stands for a point. */
  readonly kept: bigint;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);

export class TenantModel {
  readonly members = new Map<string, MemberModel>();
  private readonly sales = new Map<string, SaleState>();
  private readonly tiers = new Map<string, { at: number; tier: ModelTier; version: number }[]>();
  private waiting: ModelRefund[] = [];
  /** What campaigns gave of their budgets. */
  readonly spent = new Map<string, bigint>();

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

  totals(id: string) {
    const state = this.sales.get(id);
    if (!state) return null;
    const gone = this.reversed(state);
    const growth = state.rated.lineGrowth.reduce((a, b) => a + b, 0n);
    return {
      earned: state.rated.total,
      reversed: gone.points,
      redeemed: state.burn ? state.burn.points - state.burn.returned : 0n,
      growth: growth - gone.growth,
      debt: state.owed,
      waived: state.waived,
      covered: least(state.kept, gone.points),
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
      grants: null,
      confirmedAt: null,
      owed: 0n,
      waived: 0n,
      kept: 0n,
    };
    this.sales.set(sale.id, state);
    if (payment) {
      const { parts, owed } = member.capture(payment.hold, payment.points, now);
      state.burn = { points: payment.points, owed, owedBack: 0n, parts, returned: 0n };
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
        state.rated = this.rate(state, room);
        if (!due.has(state) && state.rated.total !== before) changed.push(state);
      }
      used += state.rated.total;
      usedAt.set(state.sale.merchant, at + state.rated.total);
    }
    return changed;
  }

  /** Budgets are asked once; later a sale keeps what they gave it, and gets no more. */
  private rate(state: SaleState, room: bigint | null): Rated {
    const { grants } = state;
    const asked = new Map<string, bigint>();
    const rated = rateModel(this.rules, state.sale, state.tier, room, (campaign, wanted) => {
      if (grants) return least(wanted, grants.get(campaign.code) ?? 0n);
      const given = this.take(campaign, wanted);
      asked.set(campaign.code, given);
      return given;
    });
    state.grants ??= asked;
    return rated;
  }

  private take({ code, budget }: ModelCampaign, wanted: bigint): bigint {
    if (!budget) return wanted;
    const spent = this.spent.get(code) ?? 0n;
    const left = budget.points - spent;
    const given = left >= wanted ? wanted : budget.onExhaustion === 'PARTIAL' ? left : 0n;
    this.spent.set(code, spent + given);
    return given;
  }

  private reversed({ sale, tier, rated, refunded, all }: SaleState): { points: bigint; growth: bigint } {
    return reversedOf(this.rules, sale, tier, rated, refunded, all);
  }

  /** Brings what is posted for a sale to what it comes to. `until`: for points that a refund gives. */
  private post(now: number, state: SaleState, until?: number): void {
    const { sale } = state;
    const member = this.member(sale.member);
    const gone = this.reversed(state);
    const points = state.rated.total - gone.points + least(state.kept, gone.points) - state.posted.points;
    const growth = state.rated.lineGrowth.reduce((a, b) => a + b, 0n) - gone.growth - state.posted.growth;
    if (points > 0n) {
      // What was left to the member before is not given again.
      const unwaived = least(points, state.waived);
      state.waived -= unwaived;
      const life =
        until === undefined
          ? lifeOf(this.policy, now, sale.at, state.confirmedAt)
          : { availableAt: now, expiresAt: until };
      if (points > unwaived) member.credit({ from: sale.id, earnedAt: sale.at, ...life }, points - unwaived, now);
    } else if (points < 0n) {
      const missing = member.takeBack(sale.id, -points);
      const owed = owedOf(this.policy, missing, member.debt);
      member.debt += owed;
      state.owed += owed;
      state.waived += missing - owed;
    }
    member.growth += growth;
    state.posted = { points: state.posted.points + points, growth: state.posted.growth + growth };
  }

  /** Somebody says that a sale is final: its points wait no longer. */
  confirm(now: number, id: string): void {
    const state = this.sales.get(id);
    if (!state) return;
    state.confirmedAt ??= now;
    const { expiry } = this.policy;
    const member = this.member(state.sale.member);
    for (const lot of member.lots.filter(({ from, availableAt }) => from === id && availableAt === null)) {
      if (lot.pending === 0n) continue;
      lot.availableAt = now;
      if (expiry.mode === 'DAYS' && expiry.from === 'AVAILABLE') lot.expiresAt = endOf(this.policy, now, now);
      lot.available += lot.pending;
      lot.pending = 0n;
    }
    member.payDebt();
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
    state.kept = most(state.kept, refund.kept);
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
    member.putBack(burn.parts, left, now, lapsedUntil(this.policy, now));
    if (owed > forgiven) {
      const expiresAt = now + this.policy.lateCreditDays * DAY;
      const lot = { from: state.sale.id, earnedAt: state.sale.at, availableAt: now, expiresAt };
      member.credit(lot, owed - forgiven, now);
    }
    member.payDebt();
  }

  /** An order that is paid with points at once. */
  redeem(now: number, name: string, points: bigint): UsedPoints[] {
    return this.member(name).capture(null, points, now).parts;
  }

  undo(now: number, name: string, parts: readonly UsedPoints[], points: bigint): void {
    const member = this.member(name);
    member.putBack(parts, points, now, lapsedUntil(this.policy, now));
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
        { from: 'adjustment', earnedAt: now, availableAt: now, expiresAt: endOf(this.policy, now, now) },
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
}
