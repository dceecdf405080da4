// Callers that do one thing again and again, each waiting for its answer, as tills and consumers do.
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { LIMITS, PurchaseRecordedSchema } from '@atrium/contracts';
import { create, toBinary } from '@bufbuild/protobuf';
import { applyBatch, type Caller, type Consumer, type Database, HEADERS, type RawMessage } from '@atrium/platform';
import type { PointsApp } from '../app';
import { onPurchaseRecorded } from '../earning/consumers/on-purchase-recorded';
import type { DueMember } from '../ledger/use-cases/let-time-pass';
import { GROUP, MALL, memberIdAt, MERCHANT, STORE } from './seed';

export type What = 'pairs' | 'redemptions' | 'holds' | 'earns' | 'accounts';

export interface Load {
  what: What;
  callers: number;
  seconds: number;
  /** Members are taken from this many, at random and evenly spread over the whole. */
  members: number;
  of: number;
  /** Each of those members once, however long it takes: brings their pages into memory. */
  sweep?: boolean;
  /** Every fourth is one of those whose points the night's job is about to write off, or is writing off. */
  due?: boolean;
}

/** Of many times, in milliseconds. */
export interface Spread {
  p50: number;
  p99: number;
  max: number;
}

/** Its times are those of one operation. */
export interface LoadResult extends Spread {
  done: number;
  seconds: number;
  /** Of this process, for one operation, in microseconds. */
  cpuUs: number;
}

const POINTS = 100n;
const CALLER: Caller = {
  kind: 'SERVICE',
  id: 'bench',
  groupId: GROUP,
  memberId: null,
  storeId: null,
  name: null,
  grants: [],
  permissions: [],
};
const LINES = ['FOOD', 'COFFEE', 'FASHION', 'FOOD'];

/** What one caller does once for one member. */
export function actions(db: Database, app: PointsApp): Record<What, (memberId: string) => Promise<void>> {
  const events = new Feed(db, onPurchaseRecorded(app.askBirthdays));
  const hold = async (memberId: string): Promise<void> => {
    const checkoutId = randomUUID();
    const result = await app.holdPoints(GROUP, {
      checkoutId,
      basket: {
        memberId,
        mallId: MALL,
        merchantId: MERCHANT,
        storeId: STORE,
        currency: 'CNY',
        lines: [{ lineNo: 1, category: 'FOOD', toPayMinor: 10_000n }],
        requestedPoints: POINTS,
        quotedRuleVersionId: null,
      },
      points: POINTS,
      valueMinor: POINTS,
      expiresAt: new Date(Date.now() + 600_000),
    });
    if (!result.ok) throw new Error(`a hold was refused: ${result.error.code}`);
  };
  return {
    holds: hold,
    pairs: async (memberId) => {
      const command = orderOf(memberId);
      done(await app.holdForOrder(CALLER, { ...command, paymentUntil: null }));
      done(await app.captureHold(CALLER, { ...command, key: randomUUID() }));
    },
    redemptions: async (memberId) => done(await app.redeemForOrder(CALLER, orderOf(memberId))),
    earns: (memberId) => events.deliver(sale(memberId)),
    accounts: async (memberId) => void (await app.accounts(CALLER, [memberId])),
  };
}

function done(result: { ok: true } | { ok: false; error: { code: string } }): void {
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
}

const orderOf = (memberId: string) => ({
  key: randomUUID(),
  actor: CALLER.id,
  memberId,
  place: { nodeId: STORE, mallId: MALL, merchantId: MERCHANT, storeId: STORE },
  kind: 'POS' as const,
  order: randomUUID(),
  points: POINTS,
  valueMinor: null,
  payable: { currency: 'CNY', lines: [{ category: 'FOOD', toPayMinor: 10_000n }] },
  quotedRuleVersionId: null,
});

/** A ticket of four lines. */
function sale(memberId: string): RawMessage {
  const paidMinor = 2_500n;
  const payload = create(PurchaseRecordedSchema, {
    purchaseId: randomUUID(),
    sourceSystem: 'POS',
    externalId: 'bench',
    storeId: STORE,
    merchantId: MERCHANT,
    mallId: MALL,
    memberId,
    checkoutId: '',
    occurredAt: new Date().toISOString(),
    businessDate: new Date().toISOString().slice(0, 10),
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    paidMinor: paidMinor * 4n,
    lines: LINES.map((category, i) => ({
      lineNo: i + 1,
      sku: `S${i}`,
      category,
      quantity: '1',
      grossMinor: 2_500n,
      paidMinor,
    })),
  });
  const eventId = randomUUID();
  return {
    subject: `atrium.settlement.v1.PurchaseRecorded.sh01.${memberId.slice(-1)}`,
    payload: toBinary(PurchaseRecordedSchema, payload),
    headers: {
      [HEADERS.eventId]: eventId,
      [HEADERS.groupId]: GROUP,
      [HEADERS.siteId]: MALL,
      [HEADERS.aggregateId]: eventId,
      [HEADERS.aggregateVersion]: '1',
      [HEADERS.occurredAt]: new Date().toISOString(),
    },
  };
}

interface Waiting {
  raw: RawMessage;
  resolve(): void;
  reject(error: unknown): void;
}

/** The way from the broker's messages to the database, as the runner goes it: what waits goes together, lanes beside each other. */
class Feed {
  private readonly lanes = Array.from({ length: LIMITS.lanes }, () => ({ waiting: [] as Waiting[], busy: false }));

  constructor(
    private readonly db: Database,
    private readonly consumer: Consumer,
  ) {}

  deliver(raw: RawMessage): Promise<void> {
    const lane = this.lanes[Number.parseInt(raw.subject.slice(-1), 16) % this.lanes.length];
    if (!lane) throw new Error('no lane');
    return new Promise((resolve, reject) => {
      lane.waiting.push({ raw, resolve, reject });
      if (!lane.busy) {
        lane.busy = true;
        setImmediate(() => void this.drain(lane));
      }
    });
  }

  private async drain(lane: { waiting: Waiting[]; busy: boolean }): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, LIMITS.batch);
      const raws = batch.map(({ raw }) => raw);
      const outcomes = await applyBatch(this.db, this.consumer, raws).catch((error: unknown) => error);
      batch.forEach(({ resolve, reject }, i) => {
        const outcome: unknown = Array.isArray(outcomes) ? outcomes[i] : outcomes;
        if (outcome === 'applied') resolve();
        else reject((outcome as { failed?: unknown }).failed ?? outcome);
      });
    }
    lane.busy = false;
  }
}

/** Runs the callers for a while. An operation that fails ends the whole. */
export async function run(db: Database, app: PointsApp, load: Load): Promise<LoadResult> {
  const act = actions(db, app)[load.what];
  const times: number[] = [];
  let swept = 0;
  const one = () => (load.sweep ? swept++ : randomInt(load.members));
  const anybody = () => memberIdAt(Math.floor((one() * load.of) / load.members));
  const front = new Front(app);
  const pick = () => (load.due && randomInt(4) === 0 ? front.someone() : null) ?? anybody();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + load.seconds * 1000;
  const watching = load.due ? front.watch(until) : null;
  const caller = async () => {
    for (let now = performance.now(); load.sweep ? swept < load.members : now < until;) {
      await act(pick());
      const then = now;
      now = performance.now();
      times.push(now - then);
    }
  };
  await Promise.all(Array.from({ length: load.callers }, caller));
  await watching;
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { done: times.length, seconds, cpuUs: (user + system) / times.length, ...spread(times) };
}

export function spread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** The members that are due next. */
class Front {
  private members: readonly DueMember[] = [];

  constructor(private readonly app: PointsApp) {}

  someone(): string | undefined {
    return this.members.length > 0 ? this.members[randomInt(this.members.length)]?.memberId : undefined;
  }

  async watch(until: number): Promise<void> {
    while (performance.now() < until) {
      this.members = await this.app.membersDue('EXPIRY', null, 64);
      await setTimeout(20);
    }
  }
}
