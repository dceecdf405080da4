// With a key that does not fit, old members could not be read, and new ones would be sealed with a key that nobody looks after.
import { ConfigError, type Database } from '@atrium/platform';
import {
  findGroupsWithoutSeal,
  findSeals,
  insertSeals,
  samplePeople,
  type Sealed,
} from '../storage/master-key.repository';
import { createVault, type MasterKeys } from '../storage/personal-data';

/**
 * Refuses a start whose master keys are not those that this database was sealed with. Only the current key leaves seals of its own:
 * one that is merely known, as the next one is while keys are changed, may still be put right.
 */
export async function checkMasterKeys(db: Database, keys: MasterKeys): Promise<void> {
  const vault = createVault(keys);
  const requireFit = (sealed: readonly Sealed[]) => {
    for (const one of sealed) {
      const { groupId, ownerId, version, wrapped } = one;
      if (!keys.byVersion.has(version)) throw missing(version, keys.current);
      try {
        vault.keyOf(groupId, ownerId, { wrapped, version });
      } catch {
        throw doesNotFit(version, keys.current);
      }
    }
  };
  await db.inSystemTransaction(async (tx) => {
    const seals = await findSeals(tx);
    requireFit(seals);
    // People of a version that left no seal yet: that of a release before this check.
    const sealed = new Set(seals.map(({ version }) => version));
    requireFit((await samplePeople(tx)).filter(({ version }) => !sealed.has(version)));
    const groups = await findGroupsWithoutSeal(tx, keys.current);
    if (groups.length === 0) return;
    await insertSeals(
      tx,
      groups.map((groupId) => ({ groupId, ownerId: groupId, ...vault.newKey(groupId, groupId).stored })),
    );
    requireFit(await findSeals(tx));
  });
}

const SEE = 'Nothing was changed (docs/runbooks/rotate-keys.md)';

const doesNotFit = (version: number, current: number): ConfigError =>
  new ConfigError(
    version === current
      ? `member: MEMBER_MASTER_KEY is not the key of version ${version} that this database was sealed with. Set that key, or raise MEMBER_MASTER_KEY_VERSION for a new one. ${SEE}`
      : `member: MEMBER_OLD_MASTER_KEYS has a key of version ${version} that is not the one that this database was sealed with. Set that key. ${SEE}`,
  );

const missing = (version: number, current: number): ConfigError =>
  new ConfigError(
    `member: this database was sealed with a master key of version ${version} too, and there is ${current} as MEMBER_MASTER_KEY_VERSION: ` +
      `add the key of version ${version} to MEMBER_OLD_MASTER_KEYS. ${SEE}`,
  );
