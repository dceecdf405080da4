// A story as it is told, step by step, to the service and to the model.
import { PurchaseRecordedSchema, PurchaseRefundedSchema, TierChangedSchema } from '@atrium/contracts';
import { businessDay, HOUR } from './calendar';
import { compare, picture } from './comparison';
import { refundMessage, saleMessage } from './messages';
import { open } from './opening';
import type { UsedPoints } from './ledger-model';
import type { ModelSale } from './rating-model';
import { categoryOf, MEMBERS, MERCHANTS, methods, type Setting, START, type Step, TIERS } from './story';
import { type ModelRefund, TenantModel } from './tenant-model';
import { Tenant, type World } from './world';

/** One mall group whose story is told to the service and to the model. */
export class Story {
  private readonly tenant: Tenant;
  private readonly model: TenantModel;
  private readonly sales: ModelSale[] = [];
  private readonly refunds = new Map<string, ModelRefund & { no: number }>();
  private readonly holds: { checkout: string; member: string; points: bigint }[] = [];
  private readonly orders: { order: string; member: string; points: bigint; back: bigint; parts: UsedPoints[] }[] = [];
  /** Every fact so far, to be told again. */
  private readonly facts: (() => Promise<void>)[] = [];
  private count = 0;
  private steps = 0;

  constructor(
    private readonly world: World,
    private readonly given: Setting,
    no: number,
  ) {
    this.tenant = new Tenant(world, `STORY-${no}`);
    const campaigns = given.rules.campaigns.map((c) => ({ ...c, id: this.tenant.id('rule', 'CAMPAIGN', c.code) }));
    this.model = new TenantModel({ ...given.rules, campaigns }, given.policy, TIERS[0]);
  }

  get now(): number {
    return this.world.clock.now().getTime();
  }

  begin(): Promise<void> {
    this.world.clock.set(new Date(START));
    return open(this.tenant, this.given);
  }

  /** Both sides take the step; then they must say the same. */
  async tell(what: Step): Promise<void> {
    this.steps += 1;
    await this.take(what);
    this.model.passTime(this.now);
    try {
      await compare(this.tenant, this.model, this.sales);
    } catch (error) {
      const after = `After step ${this.steps}, ${what.type} at ${new Date(this.now).toISOString()}`;
      const lots = await picture({ ...this.tenant, id: (name) => this.id(name) }, this.model, this.sales);
      throw new Error(`${after}: ${String(error)}\n${lots}`, { cause: error });
    }
  }

  private id(name: string): string {
    return this.tenant.id(name);
  }

  private get mall(): string {
    return this.id('mall');
  }

  private async take(what: Step): Promise<void> {
    this.model.passTime(this.now);
    switch (what.type) {
      case 'SALE':
        return this.sell(what);
      case 'REFUND':
        return this.refund(what);
      case 'GONE': {
        await this.sell({ ...what.sale, hoursAgo: 0, early: null });
        const sale = this.sales.at(-1);
        await this.redeem({ type: 'REDEEM', member: MEMBERS.findIndex((name) => name === sale?.member), share: 4 });
        return this.refund(what.refund, sale);
      }
      case 'TIER':
        return this.changeTier(what);
      case 'HOLD':
        return this.hold(what);
      case 'RELEASE': {
        const held = this.holds[what.hold % Math.max(1, this.holds.length)];
        if (!held) return;
        await this.world.app.releasePoints(this.tenant.groupId, {
          checkoutId: this.id(held.checkout),
          memberId: this.id(held.member),
        });
        return this.model.member(held.member).release(held.checkout, this.now);
      }
      case 'REDEEM':
        return this.redeem(what);
      case 'UNDO':
        return this.undo(what);
      case 'CONFIRM':
        return this.confirm(what);
      case 'ADJUST':
        return this.adjust(what);
      case 'CLOCK':
        this.world.clock.advance({ minutes: what.minutes });
        return this.model.passTime(this.now);
      case 'REPEAT':
        return this.facts[what.fact % Math.max(1, this.facts.length)]?.();
      case 'JOBS': {
        const members = MEMBERS.map((name) => this.id(name));
        await this.world.app.letTimePass(this.tenant.groupId, members);
        // Twice is once.
        expect(await this.world.app.letTimePass(this.tenant.groupId, members)).toBe(0);
      }
    }
  }

  private async fact(tell: () => Promise<void>): Promise<void> {
    this.facts.push(tell);
    await tell();
  }

  private async sell(what: Extract<Step, { type: 'SALE' }>): Promise<void> {
    const at = this.now - what.hoursAgo * HOUR;
    const held = what.pays === null ? undefined : this.holds.splice(what.pays % Math.max(1, this.holds.length), 1)[0];
    const member = held?.member ?? MEMBERS[what.member % MEMBERS.length] ?? 'ann';
    const worth = held ? held.points + BigInt(what.more) : 0n;
    const pays = worth > 0n ? worth : 0n;
    const lines = what.lines.map((line, i) => {
      const gross = BigInt(line.gross);
      const coupon = least(BigInt(line.coupon), gross);
      // All points pay for the first line, as far as it goes: what they are worth is the till's to say.
      const points = i === 0 ? least(pays, gross - coupon) : 0n;
      return { category: categoryOf(line.category), gross, coupon, points, paid: gross - coupon - points };
    });
    const paid = lines.reduce((sum, line) => sum + line.paid, 0n);
    const card = (paid * BigInt(what.card)) / 4n;
    const payments = [
      { method: methods[0], minor: paid - card },
      { method: methods[1], minor: card },
    ].filter(({ minor }) => minor > 0n);
    const { zone, dayCutHour } = this.given.policy;
    const number = `S${++this.count}`;
    const sale: ModelSale = {
      id: this.id(number),
      member,
      merchant: MERCHANTS[what.merchant % MERCHANTS.length] ?? 'CAFE',
      channel: what.app ? 'APP' : null,
      payments,
      at,
      zone,
      day: businessDay(at, dayCutHour, zone),
      lines,
    };
    this.sales.push(sale);
    if (what.early) await this.refund(what.early, sale);
    const payment = held && pays > 0n ? { hold: held.checkout, points: pays } : null;
    this.model.sell(this.now, sale, payment);
    const message = saleMessage(this.tenant, sale, number, payment);
    await this.fact(() => this.tenant.deliver(PurchaseRecordedSchema, message, sale.id));
  }

  private async refund(
    what: Extract<Step, { type: 'REFUND' }>,
    sale = this.sales[what.sale % Math.max(1, this.sales.length)],
  ): Promise<void> {
    if (!sale) return;
    const before = this.refunds.get(sale.id);
    const share = (whole: bigint, i: number, had: bigint) => {
      const part = (whole * BigInt(what.quarters[i % 3] ?? 0)) / 4n;
      return what.all ? whole : part > had ? part : had;
    };
    const cash = sale.lines.map((line, i) => share(line.paid, i, before?.cash[i] ?? 0n));
    const worth = sale.lines.map((line, i) => share(line.points, i, before?.worth[i] ?? 0n));
    const pointsBack = worth.reduce((sum, part) => sum + part, 0n);
    const all = what.all || before?.all === true;
    const part = (cash.reduce((sum, minor) => sum + minor, 0n) * BigInt(what.kept)) / 4n;
    const kept = before && before.kept > part ? before.kept : part;
    const refund = { sale: sale.id, cash, worth, all, pointsBack, kept, no: (before?.no ?? 0) + 1 };
    this.refunds.set(sale.id, refund);
    this.model.refund(this.now, refund);
    const message = refundMessage(this.tenant, sale, refund, this.world.clock.now());
    await this.fact(() => this.tenant.deliver(PurchaseRefundedSchema, message, sale.id));
  }

  private async redeem({ member: n, share }: Extract<Step, { type: 'REDEEM' }>): Promise<void> {
    const member = MEMBERS[n % MEMBERS.length] ?? 'ann';
    const { available, debt } = this.model.member(member).balances();
    const points = (available * BigInt(share)) / 4n;
    const order = `O${++this.count}`;
    const wish = { points, valueMinor: null, payable: null, quotedRuleVersionId: null };
    const outcome = await this.world.app.redeemForOrder(this.tenant.caller, { ...this.order(order, member), ...wish });
    expect(outcome.ok).toBe(points > 0n && debt === 0n);
    if (!outcome.ok) return;
    const parts = this.model.redeem(this.now, member, points);
    this.orders.push({ order, member, points, back: 0n, parts });
  }

  private async undo(what: Extract<Step, { type: 'UNDO' }>): Promise<void> {
    const made = this.orders[what.order % Math.max(1, this.orders.length)];
    if (!made) return;
    const left = made.points - made.back;
    const points = (made.points * BigInt(what.quarters)) / 4n;
    const command = { ...this.order(made.order, made.member), points };
    const outcome = await this.world.app.reverseRedemption(this.tenant.caller, command);
    expect(outcome.ok).toBe(points > 0n && points <= left);
    if (!outcome.ok) return;
    made.back += points;
    this.model.undo(this.now, made.member, made.parts, points);
  }

  private order(order: string, member: string) {
    const place = { nodeId: this.mall, mallId: this.mall, merchantId: null, storeId: null };
    const key = `K${++this.count}`;
    return { key, actor: 'model', memberId: this.id(member), place, kind: 'ONLINE' as const, order };
  }

  private async confirm(what: Extract<Step, { type: 'CONFIRM' }>): Promise<void> {
    const sale = this.sales[what.sale % Math.max(1, this.sales.length)];
    if (!sale) return;
    const outcome = await this.world.app.confirmPurchasePoints(this.tenant.caller, {
      key: `C${++this.count}`,
      actor: 'model',
      purchaseId: sale.id,
    });
    expect(outcome.ok).toBe(true);
    this.model.confirm(this.now, sale.id);
  }

  private async changeTier(what: Extract<Step, { type: 'TIER' }>): Promise<void> {
    const member = MEMBERS[what.member % MEMBERS.length] ?? 'ann';
    const tier = TIERS[what.tier % TIERS.length] ?? TIERS[0];
    const at = this.now - what.hoursAgo * HOUR;
    const version = ++this.count;
    this.model.changeTier(this.now, member, tier, at, version);
    await this.fact(() =>
      this.tenant.deliver(
        TierChangedSchema,
        {
          changeId: this.id(`T${version}`),
          memberId: this.id(member),
          toCode: tier.code,
          effectiveAt: new Date(at).toISOString(),
          cause: 'QUALIFIED',
          ladderVersionId: this.id('ladder'),
          supersededChangeIds: [],
          year: 2026,
        },
        this.id(member),
        BigInt(version),
      ),
    );
  }

  private async hold(what: Extract<Step, { type: 'HOLD' }>): Promise<void> {
    const member = MEMBERS[what.member % MEMBERS.length] ?? 'ann';
    const account = this.model.member(member);
    const points = (account.balances().available * BigInt(what.share)) / 4n;
    const checkout = `H${++this.count}`;
    const far = new Date(this.now + 100 * HOUR);
    const outcome = await this.world.app.holdPoints(this.tenant.groupId, {
      checkoutId: this.id(checkout),
      basket: {
        memberId: this.id(member),
        mallId: this.mall,
        merchantId: this.id('CAFE'),
        storeId: this.id('CAFE-1'),
        currency: 'CNY',
        lines: [{ lineNo: 1, category: 'FOOD', toPayMinor: 10_000_000n }],
        requestedPoints: points,
        quotedRuleVersionId: null,
      },
      points,
      valueMinor: points,
      expiresAt: far,
    });
    expect(outcome.ok).toBe(points > 0n && account.debt === 0n);
    if (!outcome.ok) return;
    account.hold(checkout, points, this.now + this.given.policy.holdMinutes * 60_000);
    this.holds.push({ checkout, member, points });
  }

  private async adjust({ member: n, amount }: Extract<Step, { type: 'ADJUST' }>): Promise<void> {
    const member = MEMBERS[n % MEMBERS.length] ?? 'ann';
    const points = BigInt(amount);
    const outcome = await this.world.app.adjustPoints(this.tenant.caller, {
      key: `A${++this.count}`,
      actor: 'model',
      memberId: this.id(member),
      mallId: null,
      amount: points,
      reason: 'as the model says',
      reasonCode: 'GOODWILL',
      attachment: null,
    });
    const { available } = this.model.member(member).balances();
    expect(outcome.ok).toBe(points !== 0n && -points <= available);
    if (outcome.ok) this.model.adjust(this.now, member, points);
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
