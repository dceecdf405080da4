import { type Job, job } from '@atrium/platform';

/** Once for each local day of a group, and whenever somebody asked. */
export const snapshotLiabilityJob = (app: {
  groupsToSnapshot(): Promise<string[]>;
  snapshotLiability(groupId: string): Promise<boolean>;
}): Job =>
  job({
    name: 'snapshot-liability',
    everySeconds: 15,
    run: async () => {
      let batches = 0;
      for (const groupId of await app.groupsToSnapshot()) {
        while (await app.snapshotLiability(groupId)) batches++;
      }
      return batches;
    },
  });
