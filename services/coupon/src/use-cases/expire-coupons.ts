// Expire: a coupon's time is over. Readers know it from the clock; this keeps the rows in step.
import type { Tx } from '@atrium/platform';
import { expireDue } from '../storage/coupon.repository';

export const EXPIRE_BATCH = 1_000;

export const expireCoupons = (tx: Tx): Promise<number> => expireDue(tx, EXPIRE_BATCH);
