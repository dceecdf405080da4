import { type Job, job } from '@atrium/platform';

/** Closes blocks over the entries that have none, until each has one: small blocks in quiet times, full ones in busy times. */
export const closeLedgerBlocksJob = (app: {
  groupsToSeal(): Promise<string[]>;
  closeBlock(groupId: string): Promise<number>;
}): Job =>
  job({
    name: 'close-ledger-blocks',
    everySeconds: 15,
    run: async () => {
      let sealed = 0;
      for (const groupId of await app.groupsToSeal()) {
        for (let count = await app.closeBlock(groupId); count > 0; count = await app.closeBlock(groupId))
          sealed += count;
      }
      return sealed;
    },
  });
