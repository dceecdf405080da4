import { type Job, job } from '@atrium/platform';

const BATCH = 200;

/** Ends wishes that nobody decided in time; nobody can decide them from that instant, job or no job. */
export const expireApprovalsJob = (app: {
  lapsedApprovals(limit: number): Promise<{ groupId: string; id: string }[]>;
  expireApprovals(groupId: string, ids: readonly string[]): Promise<number>;
}): Job =>
  job({
    name: 'expire-approvals',
    everySeconds: 60,
    run: async () => {
      let done = 0;
      for (;;) {
        const due = await app.lapsedApprovals(BATCH);
        let progress = 0;
        for (const groupId of new Set(due.map((approval) => approval.groupId))) {
          const ids = due.filter((approval) => approval.groupId === groupId).map(({ id }) => id);
          progress += await app.expireApprovals(groupId, ids);
        }
        done += progress;
        if (progress === 0) return done;
      }
    },
  });
