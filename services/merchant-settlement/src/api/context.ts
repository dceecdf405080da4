import { type Database, type OrgNode, type RequestContext, type Tx } from '@atrium/platform';
import DataLoader from 'dataloader';
import type { SettlementApp } from '../app';
import { type PostingView, readBalances, readPostingsOfPurchases, type BalanceRow } from '../use-cases/ledger.query';
import { type ContractVersion, readChildren, readContracts, readNodes } from '../use-cases/organisation.query';
import {
  type PurchaseLineRow,
  type PurchaseRow,
  readMembers,
  readPurchaseLines,
  readPurchases,
} from '../use-cases/purchase.query';

export type SettlementContext = RequestContext & { app: SettlementApp; load: SettlementLoaders };

export interface SettlementLoaders {
  /** One read of the caller's tenant. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  node: DataLoader<string, OrgNode | null>;
  children: DataLoader<string, OrgNode[]>;
  contracts: DataLoader<string, ContractVersion[]>;
  purchase: DataLoader<string, PurchaseRow | null>;
  lines: DataLoader<string, PurchaseLineRow[]>;
  memberKnown: DataLoader<string, boolean>;
  balance: DataLoader<string, BalanceRow | null>;
  postings: DataLoader<{ id: string; merchantId: string }, PostingView[], string>;
}

export function createContext(request: RequestContext, app: SettlementApp, db: Database): SettlementContext {
  const { groupId } = request.caller;
  const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (groupId === null) throw new Error('a read without a tenant');
    return db.inTransaction(groupId, work);
  };
  /** One transaction for a batch of keys; without a tenant there is nothing to see. */
  const loader = <V>(load: (tx: Tx, keys: readonly string[]) => Promise<Map<string, V>>, absent: V) =>
    new DataLoader<string, V>(async (keys) => {
      if (groupId === null) return keys.map(() => absent);
      const rows = await read((tx) => load(tx, keys));
      return keys.map((key) => rows.get(key) ?? absent);
    });
  const load: SettlementLoaders = {
    read,
    node: loader<OrgNode | null>(readNodes, null),
    children: loader<OrgNode[]>(readChildren, []),
    contracts: loader<ContractVersion[]>(readContracts, []),
    purchase: loader<PurchaseRow | null>(readPurchases, null),
    lines: loader<PurchaseLineRow[]>(readPurchaseLines, []),
    memberKnown: loader<boolean>(
      async (tx, ids) => new Map([...(await readMembers(tx, ids))].map((id) => [id, true])),
      false,
    ),
    balance: loader<BalanceRow | null>(readBalances, null),
    postings: new DataLoader(
      async (keys) => {
        const rows = await read((tx) => readPostingsOfPurchases(tx, keys));
        return keys.map(({ id }) => rows.get(id) ?? []);
      },
      { cacheKeyFn: ({ id }) => id },
    ),
  };
  return { ...request, app, load };
}
