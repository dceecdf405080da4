import type { TenantMember } from '../use-cases/let-time-pass';

const BATCH = 200;

/** Takes what is due in bounded batches, one transaction for each tenant in a batch, until nothing is left. */
export async function inBatches(
  due: (limit: number) => Promise<TenantMember[]>,
  work: (groupId: string, memberIds: readonly string[]) => Promise<number>,
): Promise<number> {
  let done = 0;
  for (;;) {
    const members = await due(BATCH);
    const byGroup = new Map<string, string[]>();
    for (const { groupId, memberId } of members) byGroup.set(groupId, [...(byGroup.get(groupId) ?? []), memberId]);
    let progress = 0;
    for (const [groupId, memberIds] of byGroup) progress += await work(groupId, memberIds);
    done += progress;
    // Nothing moved: another worker was faster, or nothing is due.
    if (progress === 0) return done;
  }
}
