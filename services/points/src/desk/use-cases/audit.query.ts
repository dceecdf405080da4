// Who did what at the desk, for whoever audits it.
import type { Page, Tx } from '@atrium/platform';
import type { ActKind } from '../domain/act';
import { type ActFilter, type ActRecord, findActs } from '../storage/act.repository';

export type { ActFilter, ActKind };
export type ActView = ActRecord;

export const acts = (tx: Tx, filter: ActFilter, page: Page): Promise<ActView[]> => findActs(tx, filter, page);
