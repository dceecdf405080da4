// Removes codes an hour after their end; until then a code counts as taken or used.
import type { Database } from '@atrium/platform';
import { forgetCodes as remove } from '../storage/member-code.repository';

const KEEP_MS = 3_600_000;

export type ForgetCodes = () => Promise<number>;

export const forgetCodes = (db: Database): Promise<number> => remove(db, new Date(db.clock.now().getTime() - KEEP_MS));
