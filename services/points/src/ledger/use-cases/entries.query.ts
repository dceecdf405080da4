// Lines of the ledger, as a member or a service desk reads them.
import type { Page, Tx } from '@atrium/platform';
import { type EntryRecord, findEntries, findEntry } from '../storage/account.repository';

export type { Step, StepCode } from '../domain/explanation';

export type EntryView = EntryRecord;

export const entries = (tx: Tx, memberId: string, page: Page): Promise<EntryView[]> => findEntries(tx, memberId, page);

export const entry = (tx: Tx, memberId: string, id: string): Promise<EntryView | null> => findEntry(tx, memberId, id);
