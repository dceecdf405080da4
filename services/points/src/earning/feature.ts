// What sales earn, what refunds take back, and what a late tier change corrects.
import type { Caller } from '@atrium/platform';
import { showWaiting, type WaitingRefund } from '../desk/use-cases/unapplied-refunds';
import type { Feature, Transactions } from '../feature';
import { ConfirmPurchasePointsMutation } from './api/confirm-purchase-points.mutation';
import { PreviewPointsResolver } from './api/preview-points.resolver';
import { PurchaseResolver } from './api/purchase.reference';
import { QuoteRefundQuery } from './api/quote-refund.query';
import { onPurchaseRecorded } from './consumers/on-purchase-recorded';
import { onPurchaseRefunded, waitingRefunds } from './consumers/on-purchase-refunded';
import { onTierChanged } from './consumers/on-tier-changed';
import { onTierLadderPublished } from './consumers/on-tier-ladder-published';
import { showWaitingRefundsJob } from './jobs/show-waiting-refunds';
import { CampaignBudgetRow } from './storage/campaign-budget.entity';
import { PurchaseDirectoryRow, PurchaseEarnRow } from './storage/purchase-earn.entity';
import { TierLadderRow, TierPeriodRow } from './storage/tier.entity';
import { type ConfirmCommand, confirmPurchasePoints } from './use-cases/confirm-purchase-points';
import type { RuleChanges } from './use-cases/preview-book';
import { type Previewed, previewPoints } from './use-cases/preview-points.query';
import { previewRules } from './use-cases/preview-rules.query';
import { purchasePoints } from './use-cases/purchase-points.query';
import { quoteRefund } from './use-cases/quote-refund.query';

const verbs = ({ asked, ask, tenant, system }: Transactions) => ({
  askBirthdays: ask.birthdays,
  previewPoints: (caller: Caller, changes: RuleChanges, of: Previewed) =>
    asked(caller, (tx) => previewPoints(tx, changes, of)),
  previewRules: (caller: Caller, changes: Omit<RuleChanges, 'anyTime'>, sample: number) =>
    asked(caller, (tx) => previewRules(tx, changes, sample)),
  purchasePoints: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => purchasePoints(tx, ids)),
  quoteRefund: (caller: Caller, purchaseId: string, amounts: ReadonlyMap<number, bigint> | null) =>
    asked(caller, (tx) => quoteRefund(tx, purchaseId, amounts)),
  confirmPurchasePoints: (caller: Caller, command: ConfirmCommand) =>
    asked(caller, (tx) => confirmPurchasePoints(tx, command)),
  waitingRefunds: (limit: number) => system((tx) => waitingRefunds(tx, limit)),
  showWaiting: (groupId: string, waiting: readonly WaitingRefund[]) =>
    tenant(groupId, (tx) => showWaiting(tx, waiting)),
});

export const earning: Feature<ReturnType<typeof verbs>> = {
  entities: [PurchaseEarnRow, PurchaseDirectoryRow, TierPeriodRow, TierLadderRow, CampaignBudgetRow],
  verbs,
  resolvers: [PurchaseResolver, PreviewPointsResolver, QuoteRefundQuery, ConfirmPurchasePointsMutation],
  consumers: ({ askBirthdays }) => [
    onTierLadderPublished,
    onTierChanged,
    onPurchaseRecorded(askBirthdays),
    onPurchaseRefunded,
  ],
  jobs: (app) => [showWaitingRefundsJob(app)],
};
