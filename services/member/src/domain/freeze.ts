// A frozen member earns and does not spend, until somebody releases them.

export const FREEZE_REASONS = ['FRAUD_SUSPECTED', 'CARD_LOST', 'MEMBER_REQUEST', 'LEGAL', 'RESOLVED', 'OTHER'] as const;
export type FreezeReason = (typeof FREEZE_REASONS)[number];

export type Freezing = 'FREEZE' | 'UNFREEZE';

const REASON_MIN = 3;
const REASON_MAX = 500;

export const isReason = (text: string): boolean => text.length >= REASON_MIN && text.length <= REASON_MAX;

/** The status after it; null when a member who is so cannot be frozen, or released. */
export function statusAfter(act: Freezing, status: string): 'FROZEN' | 'ACTIVE' | null {
  if (act === 'FREEZE') return status === 'ACTIVE' ? 'FROZEN' : null;
  return status === 'FROZEN' ? 'ACTIVE' : null;
}
