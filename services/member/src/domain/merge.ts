// Two memberships of one person become one: asked of everybody who may object, then done by everybody, or by nobody.

/** Contexts in which something may still be open. */
export const VOTERS = ['points', 'coupon'] as const;
/** Contexts in which the loser's id must lead to the survivor. */
export const MOVERS = ['member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging'] as const;

export type Voter = (typeof VOTERS)[number];
export type Mover = (typeof MOVERS)[number];
export type MergeStatus = 'PREPARING' | 'MOVING' | 'DONE' | 'ABANDONED';

export interface Merge {
  readonly id: string;
  readonly survivorId: string;
  readonly loserId: string;
  status: MergeStatus;
  /** Why it was abandoned. */
  refusal: string | null;
  prepared: string[];
  moved: string[];
  readonly requestedAt: Date;
  mergedAt: Date | null;
  endedAt: Date | null;
}

export interface Candidate {
  id: string;
  status: string;
  joinedAt: Date;
}

export type MergeRefusal =
  | { code: 'SAME_MEMBER' }
  | { code: 'NOT_FOUND' }
  | { code: 'ALREADY_MERGED' }
  | { code: 'MEMBER_NOT_ACTIVE' }
  | { code: 'MERGE_IN_PROGRESS' };

/** What can be said at once; what is open elsewhere, the others say. */
export function whyNot(survivor: Candidate | undefined, loser: Candidate | undefined): MergeRefusal | null {
  if (!survivor || !loser) return { code: 'NOT_FOUND' };
  if (survivor.id === loser.id) return { code: 'SAME_MEMBER' };
  const statuses = [survivor.status, loser.status];
  if (statuses.includes('MERGED')) return { code: 'ALREADY_MERGED' };
  return statuses.every((status) => status === 'ACTIVE') ? null : { code: 'MEMBER_NOT_ACTIVE' };
}

/** Who has been a member longer, unless somebody chooses otherwise. */
export const elderOf = (one: Candidate, other: Candidate): string =>
  one.joinedAt.getTime() - other.joinedAt.getTime() < 0 || (+one.joinedAt === +other.joinedAt && one.id < other.id)
    ? one.id
    : other.id;

/** One context's word before anything moves. Answers what it comes to; null while others are waited for, or it is decided. */
export function hearVote(merge: Merge, voter: Voter, refusal: string | null): 'MERGE' | 'ABANDON' | null {
  if (merge.status !== 'PREPARING') return null;
  if (refusal !== null) {
    merge.refusal = refusal;
    return 'ABANDON';
  }
  if (!merge.prepared.includes(voter)) merge.prepared = [...merge.prepared, voter];
  return VOTERS.every((each) => merge.prepared.includes(each)) ? 'MERGE' : null;
}

export function abandon(merge: Merge, refusal: string, now: Date): void {
  merge.status = 'ABANDONED';
  merge.refusal = refusal;
  merge.endedAt = now;
}

export function beginMoving(merge: Merge, now: Date): void {
  merge.status = 'MOVING';
  merge.mergedAt = now;
}

/** One context is done. */
export function hearMoved(merge: Merge, mover: Mover, now: Date): void {
  if (!merge.moved.includes(mover)) merge.moved = [...merge.moved, mover];
  if (merge.status !== 'MOVING' || !MOVERS.every((each) => merge.moved.includes(each))) return;
  merge.status = 'DONE';
  merge.endedAt = now;
}

/** Who is still waited for. */
export function waitingFor({ status, prepared, moved }: Merge): string[] {
  if (status === 'PREPARING') return VOTERS.filter((each) => !prepared.includes(each));
  return status === 'MOVING' ? MOVERS.filter((each) => !moved.includes(each)) : [];
}
