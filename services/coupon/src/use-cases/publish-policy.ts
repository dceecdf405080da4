// Publish how long a price holds, how long a basket is set aside and how many coupons it takes.
import { err, ok, type Result, uuidv7 } from '@atrium/kernel';
import { type Caller, idempotent, type IdempotencyRefusal, requirePermission, type Tx } from '@atrium/platform';
import type { InputProblem } from '../domain/basket';
import { addPolicy, type Policy } from '../storage/checkout.repository';

export type PublishPolicy = Policy & { key: string; effectiveFrom: Date | null };
export type PublishPolicyRefusal = { code: 'INVALID_INPUT'; problem: InputProblem } | IdempotencyRefusal;

const LIMITS = { holdMinutes: 1_440, quoteMinutes: 1_440, maxCoupons: 3 } as const;

export async function publishPolicy(
  tx: Tx,
  caller: Caller,
  { key, ...input }: PublishPolicy,
): Promise<Result<{ version: bigint }, PublishPolicyRefusal>> {
  requirePermission(caller, 'coupon:templates', [tx.groupId as string]);
  for (const field of ['holdMinutes', 'quoteMinutes', 'maxCoupons'] as const) {
    const least = field === 'maxCoupons' ? 0 : 1;
    if (input[field] >= least && input[field] <= LIMITS[field]) continue;
    const reason = `must be between ${least} and ${LIMITS[field]}`;
    return err({ code: 'INVALID_INPUT', problem: { path: [field], reason } });
  }
  return idempotent(tx, { key, actor: caller.id, operation: 'publishCheckoutPolicy', input }, async () => {
    const effectiveFrom = input.effectiveFrom ?? tx.now;
    const version = await addPolicy(tx, { ...input, id: uuidv7(tx.now), effectiveFrom, actor: caller.id });
    return ok({ version });
  });
}
