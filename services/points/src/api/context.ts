import type { RequestContext } from '@atrium/platform';
import type DataLoader from 'dataloader';
import type { PointsApp } from '../app';
import type { Gift, Unredeemable } from '../gifts/use-cases/gifts.query';
import type { AccountView } from '../ledger/use-cases/accounts.query';
import type { PurchasePointsView } from '../earning/use-cases/purchase-points.query';
import type { EntryKey, ProofView } from '../proof/use-cases/proofs.query';

/** Reads of one request, each kind in one batch. Without a tenant they find nothing. */
export interface PointsLoaders {
  account: DataLoader<string, AccountView>;
  /** Whether the member is one of the tenant's. */
  member: DataLoader<string, boolean>;
  purchase: DataLoader<string, PurchasePointsView | null>;
  /** Null while the entry waits for its block. */
  proof: DataLoader<EntryKey, ProofView | null, string>;
  gift: DataLoader<string, Gift | null>;
  /** Why the signed-in member cannot have a gift; null: they can. */
  unredeemable: DataLoader<Gift, Unredeemable | null>;
}

export type PointsContext = RequestContext & { app: PointsApp; load: PointsLoaders };
