// What a member's points must be, told the plain way: lots in a list, the clock walked through instant by instant. Written
// from the rules alone; it shares no code with the service.

export interface ModelLot {
  /** Of which sale, or what else made it. */
  readonly from: string;
  readonly earnedAt: number;
  /** Null: until it is confirmed. */
  availableAt: number | null;
  /** Null: never. */
  expiresAt: number | null;
  pending: bigint;
  available: bigint;
  held: bigint;
  redeemed: bigint;
  expired: bigint;
  revoked: bigint;
}

export interface ModelHold {
  readonly points: bigint;
  readonly until: number;
  readonly parts: { lot: ModelLot; points: bigint }[];
  open: boolean;
}

/** What a lot gave to a payment, and what of that came back. */
export interface UsedPoints {
  readonly lot: ModelLot;
  points: bigint;
  back: bigint;
}

export interface Balances {
  available: bigint;
  held: bigint;
  pending: bigint;
  debt: bigint;
  growth: bigint;
}

const FOREVER = Number.POSITIVE_INFINITY;
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);

export class MemberModel {
  readonly lots: ModelLot[] = [];
  readonly holds = new Map<string, ModelHold>();
  debt = 0n;
  growth = 0n;

  balances(): Balances {
    return {
      available: sum(this.lots.map((lot) => lot.available)),
      held: sum(this.lots.map((lot) => lot.held)),
      pending: sum(this.lots.map((lot) => lot.pending)),
      debt: this.debt,
      growth: this.growth,
    };
  }

  /** Unspent points that are not held, by the instant at which they end. */
  ends(): Map<number, bigint> {
    const ends = new Map<number, bigint>();
    for (const lot of this.lots) {
      const points = lot.pending + lot.available;
      if (points > 0n && lot.expiresAt !== null) ends.set(lot.expiresAt, (ends.get(lot.expiresAt) ?? 0n) + points);
    }
    return ends;
  }

  /** Everything that the clock does up to and at `now`, in the order in which it happens. */
  passTime(now: number): void {
    for (;;) {
      const next = Math.min(
        ...[...this.holds.values()].filter(({ open }) => open).map(({ until }) => until),
        ...this.lots.map((lot) => (lot.pending > 0n ? (lot.availableAt ?? FOREVER) : FOREVER)),
        ...this.lots.map((lot) => (lot.pending + lot.available > 0n ? (lot.expiresAt ?? FOREVER) : FOREVER)),
        FOREVER,
      );
      if (next > now) break;
      for (const hold of this.holds.values()) if (hold.open && hold.until <= next) this.giveBack(hold, next);
      for (const lot of this.lots) {
        if (lot.pending > 0n && lot.availableAt !== null && lot.availableAt <= next) {
          lot.available += lot.pending;
          lot.pending = 0n;
        }
        if (isOver(lot, next)) {
          lot.expired += lot.available + lot.pending;
          lot.available = 0n;
          lot.pending = 0n;
        }
      }
      this.payDebt();
    }
  }

  private giveBack(hold: ModelHold, at: number): void {
    hold.open = false;
    for (const { lot, points } of hold.parts) {
      lot.held -= points;
      if (isOver(lot, at)) lot.expired += points;
      else lot.available += points;
    }
  }

  /** Soonest end first, without end last, then by when available and earned. */
  spendable(): ModelLot[] {
    return this.lots.filter((lot) => lot.available > 0n).sort(soonestEnd);
  }

  payDebt(): void {
    for (const lot of this.spendable()) {
      const paid = least(this.debt, lot.available);
      lot.available -= paid;
      lot.revoked += paid;
      this.debt -= paid;
    }
  }

  credit(lot: Pick<ModelLot, 'from' | 'earnedAt' | 'availableAt' | 'expiresAt'>, points: bigint, now: number): void {
    const waits = lot.availableAt === null || lot.availableAt > now;
    const none = { pending: 0n, available: 0n, held: 0n, redeemed: 0n, expired: 0n, revoked: 0n };
    // What is credited after its end is gone at once.
    const part = isOver(lot, now) ? 'expired' : waits ? 'pending' : 'available';
    this.lots.push({ ...lot, ...none, [part]: points });
    this.payDebt();
  }

  hold(key: string, points: bigint, until: number): void {
    const parts: ModelHold['parts'] = [];
    let left = points;
    for (const lot of this.spendable()) {
      const part = least(left, lot.available);
      if (part === 0n) break;
      lot.available -= part;
      lot.held += part;
      left -= part;
      parts.push({ lot, points: part });
    }
    this.holds.set(key, { points, until, parts, open: true });
  }

  release(key: string, now: number): void {
    const hold = this.holds.get(key);
    if (hold?.open) this.giveBack(hold, now);
    this.payDebt();
  }

  /** Takes points for a payment: the hold's first, then what is free; what is missing is owed. */
  capture(key: string | null, points: bigint, now: number): { parts: UsedPoints[]; owed: bigint } {
    const parts: UsedPoints[] = [];
    const use = (lot: ModelLot, part: bigint) => {
      const known = parts.find((used) => used.lot === lot);
      if (known) known.points += part;
      else parts.push({ lot, points: part, back: 0n });
    };
    let left = points;
    const hold = key === null ? undefined : this.holds.get(key);
    if (hold?.open) {
      hold.open = false;
      for (const { lot, points: held } of [...hold.parts].sort((a, b) => soonestEnd(a.lot, b.lot))) {
        const part = least(left, held);
        lot.held -= held;
        lot.redeemed += part;
        if (isOver(lot, now)) lot.expired += held - part;
        else lot.available += held - part;
        left -= part;
        if (part > 0n) use(lot, part);
      }
    }
    for (const lot of this.spendable()) {
      const part = least(left, lot.available);
      if (part === 0n) break;
      lot.available -= part;
      lot.redeemed += part;
      left -= part;
      use(lot, part);
    }
    this.debt += left;
    // What the hold did not need.
    this.payDebt();
    return { parts, owed: left };
  }

  /** Gives spent points back to their lots, the last used one first; those whose end is over live until `until`, or no more. */
  putBack(parts: readonly UsedPoints[], points: bigint, now: number, until: number | null): void {
    let left = points;
    for (const part of [...parts].reverse()) {
      const { lot } = part;
      const back = least(left, part.points - part.back);
      if (back === 0n) continue;
      part.back += back;
      left -= back;
      lot.redeemed -= back;
      if (isOver(lot, now)) lot.expiresAt = until ?? now;
      if (isOver(lot, now)) lot.expired += back;
      else lot.available += back;
    }
  }

  /** Takes points back that a sale had earned; gives what could not be taken. */
  takeBack(sale: string, points: bigint): bigint {
    let left = points;
    const take = (lot: ModelLot, part: 'pending' | 'available') => {
      const taken = least(left, lot[part]);
      lot[part] -= taken;
      lot.revoked += taken;
      left -= taken;
    };
    const own = this.lots.filter(({ from }) => from === sale);
    for (const lot of own) take(lot, 'pending');
    const free = this.spendable();
    for (const lot of free.filter(({ from }) => from === sale)) take(lot, 'available');
    for (const lot of free.filter(({ from }) => from !== sale).reverse()) take(lot, 'available');
    return left;
  }
}

const isOver = ({ expiresAt }: { readonly expiresAt: number | null }, at: number): boolean =>
  expiresAt !== null && expiresAt <= at;

const soonestEnd = (a: ModelLot, b: ModelLot): number =>
  compare(a.expiresAt ?? FOREVER, b.expiresAt ?? FOREVER) ||
  compare(a.availableAt ?? FOREVER, b.availableAt ?? FOREVER) ||
  compare(a.earnedAt, b.earnedAt);

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
