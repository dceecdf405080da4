import { type Job, job } from '@atrium/platform';

const BATCH = 200;

/** Applies refunds on the desk's list whose sale has come after all. */
export const applyRefundsSetAsideJob = (app: {
  ripeExceptions(limit: number): Promise<{ groupId: string; id: string }[]>;
  applyRipe(groupId: string, id: string): Promise<number>;
}): Job =>
  job({
    name: 'apply-refunds-set-aside',
    everySeconds: 60,
    run: async (_, log) => {
      let done = 0;
      for (const { groupId, id } of await app.ripeExceptions(BATCH)) {
        try {
          done += await app.applyRipe(groupId, id);
        } catch (error) {
          // It stays on the list, for a person; its neighbours go on.
          log.warn({ err: error, exception: id }, 'a refund set aside could not be applied');
        }
      }
      return done;
    },
  });
