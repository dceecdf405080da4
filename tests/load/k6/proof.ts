// What `npm run test:cluster` lets run inside the cluster while it upgrades, deletes and evicts: people who do not go away when
// something fails, and who write down what they were told.
import { sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import type { OperationName } from './operations.ts';
import { post, resultOf, type Written } from './post.ts';
import { anyMember, coupons, run, someStore } from './world.ts';

/** `mixed`: apps, sales and coupons. Or one operation alone. */
const STORY = __ENV['STORY'] ?? 'mixed';
const seconds = `${__ENV['SECONDS'] ?? '60'}s`;
const rate = Number(__ENV['RATE'] ?? '0');
/** So many at a time, each as fast as answers come: what the graph can do at the most. */
const people = Number(__ENV['PEOPLE'] ?? '0');
const TRIES = 20;
const LONGEST_PAUSE_S = 10;

export const options: Options = {
  scenarios: {
    people:
      people > 0
        ? { executor: 'constant-vus', vus: people, duration: seconds, gracefulStop: '30s' }
        : {
            executor: 'constant-arrival-rate',
            rate: Math.max(1, Math.round(rate * 60)),
            timeUnit: '1m',
            duration: seconds,
            preAllocatedVUs: Math.ceil(rate * 2) + 5,
            maxVUs: Math.ceil(rate * 60) + 50,
            gracefulStop: '150s',
          },
  },
  summaryTrendStats: ['count', 'p(50)', 'p(95)', 'p(99)', 'max'],
};

const write = (line: object) => console.log(JSON.stringify({ at: Date.now(), ...line }));

/** The first line: whoever does not find it has not got everything that was written down. */
export function setup(): void {
  write({ opened: run });
}

function ask<T>(operation: OperationName, token: string, variables: object = {}): T | undefined {
  const { data, code, requestId, ms } = post<T>(operation, token, variables, '30s');
  if (data === undefined) write({ failed: operation, code, ms: Math.round(ms), requestId });
  return data;
}

/** Says what it wants until it is told that it has it, with the same key: once is what counts. */
function insist<T>(operation: OperationName, token: string, key: string, input: object): T | undefined {
  write({ begun: operation, key });
  for (let tries = 0; tries < TRIES; tries++) {
    const written = ask<Written>(operation, token, { input });
    if (written !== undefined) {
      const result = resultOf<T>(written, `${operation}Success`);
      if ('done' in result) return result.done;
      write({ refused: operation, key, code: result.refused });
      return undefined;
    }
    // As apps and tills are told to: longer each time, and not all at once.
    sleep(Math.min(LONGEST_PAUSE_S, 2 ** tries) * (0.5 + Math.random() / 2));
  }
  return undefined;
}

function sale(): void {
  const store = someStore();
  const externalId = `${run}-${exec.scenario.iterationInTest}`;
  const line = (lineNo: number, gross: string) => ({
    lineNo,
    sku: `SKU-${lineNo}`,
    category: 'FASHION',
    quantity: '1',
    gross: { amount: gross, currency: 'CNY' },
  });
  const input = {
    sourceSystem: 'proof',
    externalId,
    storeId: store.id,
    occurredAt: new Date().toISOString(),
    member: { memberId: anyMember().id },
    lines: [line(1, '120.00'), line(2, '80.00')],
  };
  const record = () => insist<{ purchase: { id: string } }>('RecordPurchase', store.token, externalId, input);
  const first = record();
  if (first !== undefined) write({ kept: 'purchase', key: externalId, id: first.purchase.id });
  if (Math.random() >= 0.05) return;
  const again = record();
  if (again !== undefined) write({ kept: 'purchase', key: externalId, id: again.purchase.id });
}

function claim(): void {
  const idempotencyKey = `${run}-claim-${exec.scenario.iterationInTest}`;
  const input = { templateId: coupons.open, idempotencyKey };
  const { token } = anyMember();
  const take = () => {
    const claimed = insist<{ coupon: { id: string } }>('ClaimCoupon', token, idempotencyKey, input);
    if (claimed !== undefined) write({ kept: 'coupon', key: idempotencyKey, id: claimed.coupon.id });
  };
  take();
  if (Math.random() < 0.05) take();
}

export default function visit(): void {
  if (STORY !== 'mixed') return void ask(STORY as OperationName, anyMember().token);
  const chance = Math.random();
  if (chance < 0.45) ask('MemberHome', anyMember().token);
  else if (chance < 0.6) ask('CouponOffers', anyMember().token);
  else if (chance < 0.95) sale();
  else claim();
}

/** One line more: the figures. */
export function handleSummary(data: { metrics: unknown }): Record<string, string> {
  return { stdout: `${JSON.stringify({ figures: data.metrics })}\n` };
}
