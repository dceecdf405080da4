// A line of a file of adjustments: what it must look like. Whether the member and the points are there, the books say.
import { isUuid, parseWhole, type Points } from '@atrium/kernel';
import { amountFault, isWords } from './wish';

export const BULK_COLUMNS = ['member_id', 'amount', 'reason', 'reference'] as const;
export const BULK_MAX_LINES = 50_000;
const REFERENCE_MAX = 200;

export const BULK_STATUSES = ['DRAFT', 'AWAITING_APPROVAL', 'RUNNING', 'DONE', 'CANCELLED', 'REJECTED'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export const BULK_REJECTS = [
  'COLUMNS',
  'MEMBER_ID',
  'UNKNOWN_MEMBER',
  'AMOUNT',
  'REASON',
  'REFERENCE',
  'INSUFFICIENT_POINTS',
] as const;
export type BulkReject = (typeof BULK_REJECTS)[number];

/** As it stands in the file; null where the line has too few or too many columns. */
export interface RawLine {
  readonly line: number;
  readonly fields: Readonly<Record<(typeof BULK_COLUMNS)[number], string>> | null;
}

export interface BulkLine {
  readonly line: number;
  readonly memberText: string;
  readonly amountText: string;
  readonly memberId: string | null;
  readonly amount: Points | null;
  readonly reason: string;
  readonly reference: string;
  readonly reject: BulkReject | null;
}

const TEXT_MAX = 500;
const cut = (text: string): string => text.slice(0, TEXT_MAX);

export function readLine({ line, fields }: RawLine): BulkLine {
  const { member_id = '', amount: amountText = '', reason = '', reference = '' } = fields ?? {};
  const memberId = isUuid(member_id.toLowerCase()) ? member_id.toLowerCase() : null;
  const amount = parseWhole(amountText);
  const reject = ((): BulkReject | null => {
    if (fields === null) return 'COLUMNS';
    if (memberId === null) return 'MEMBER_ID';
    if (amount === null || amountFault(amount) !== null) return 'AMOUNT';
    if (!isWords(reason)) return 'REASON';
    return reference.length > REFERENCE_MAX ? 'REFERENCE' : null;
  })();
  return {
    line,
    memberText: cut(member_id),
    amountText: cut(amountText),
    memberId: reject === null ? memberId : null,
    amount: reject === null ? amount : null,
    reason: cut(reason),
    reference: cut(reference),
    reject,
  };
}
