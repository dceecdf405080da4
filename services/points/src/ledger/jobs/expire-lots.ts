import { type Job, job } from '@atrium/platform';
import type { TenantMember } from '../use-cases/let-time-pass';
import { inBatches } from './by-tenant';

/** Writes expired points down; balances leave them out from the instant they lapse, job or no job. */
export const expireLotsJob = (app: {
  lapsedLots(limit: number): Promise<TenantMember[]>;
  letTimePass(groupId: string, memberIds: readonly string[]): Promise<number>;
}): Job => job({ name: 'expire-lots', everySeconds: 60, run: () => inBatches(app.lapsedLots, app.letTimePass) });
