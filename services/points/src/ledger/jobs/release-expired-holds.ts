import { type Job, job } from '@atrium/platform';
import type { TenantMember } from '../use-cases/let-time-pass';
import { inBatches } from './by-tenant';

/** Ends holds that nobody captured or released in time; balances count them as released from that instant on. */
export const releaseExpiredHoldsJob = (app: {
  lapsedHolds(limit: number): Promise<TenantMember[]>;
  letTimePass(groupId: string, memberIds: readonly string[]): Promise<number>;
}): Job =>
  job({ name: 'release-expired-holds', everySeconds: 15, run: () => inBatches(app.lapsedHolds, app.letTimePass) });
