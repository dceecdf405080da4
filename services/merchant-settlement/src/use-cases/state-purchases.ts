// From what a till says to sales that can be recorded: checked, and with what the member showed turned into its index.
import { err, ok, type Result } from '@atrium/kernel';
import { blindIndex, type BlindIndexType } from '@atrium/platform';
import {
  checkSale,
  type Invalid,
  type InvalidReason,
  type StatedLine,
  type StatedMoney,
  type StatedPayment,
} from '../domain/sale';
import type { StatedPurchase } from './record-purchases';

export type { InvalidReason };

export interface PurchaseStatement {
  sourceSystem: string;
  externalId: string;
  storeId: string;
  occurredAt: Date;
  member: { memberId: string | null; identifier: { type: BlindIndexType; value: string } | null } | null;
  checkoutId: string | null;
  lines: readonly StatedLine[];
  paid: StatedMoney | null;
  channel: string | null;
  payments: readonly StatedPayment[];
}

export function statePurchase(
  statement: PurchaseStatement,
  groupId: string,
  blindIndexKey: string,
  now: Date,
): Result<StatedPurchase, Invalid> {
  const { member } = statement;
  if (member && member.memberId === null && member.identifier === null)
    return err({ path: ['member'], reason: 'MEMBER_MISSING' });
  const identifier = member?.identifier ?? null;
  const draft = checkSale(
    { ...statement, memberId: member?.memberId ?? null, hasIdentifier: identifier !== null },
    now,
  );
  if (!draft.ok) return draft;
  // What cannot be an identifier names nobody, like one that is not known: the sale still happened.
  const identifierIndex = identifier && blindIndex(blindIndexKey, groupId, identifier.type, identifier.value);
  return ok({ draft: draft.value, identifierIndex });
}
