// A member joined: from then on she is in the base tier, or in what earlier sales of hers have earned.
import type { Tx } from '@atrium/platform';
import { lockMembers, saveRegistrations, type Registration } from '../storage/member-tier.repository';
import { refoldMembers } from './refold-members';

export async function recordRegistrations(tx: Tx, registrations: readonly Registration[]): Promise<void> {
  const ids = registrations.map(({ memberId }) => memberId);
  const locked = await lockMembers(tx, ids);
  await saveRegistrations(tx, registrations);
  await refoldMembers(tx, locked);
}
