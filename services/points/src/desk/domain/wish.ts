// What every act on a member's points has to say: how many, why, and where the paper lies.
import type { Points } from '@atrium/kernel';
import type { Attachment } from './approval';

export interface Wish {
  readonly amount: Points;
  readonly reasonCode: string;
  readonly reason: string;
  readonly attachment: Attachment | null;
}

export type WishFault =
  | 'ZERO'
  | 'NOT_POSITIVE'
  | 'TOO_LARGE'
  | 'REASON_LENGTH'
  | 'REASON_CODE'
  | 'ATTACHMENT'
  | 'NO_PROGRAMME'
  | 'NOTE_LENGTH';

/** What a reason is that no code of the programme names. */
export const OTHER = 'OTHER';
const TEXT_MIN = 3;
const TEXT_MAX = 500;
/** Far beyond any correction, far below the end of 64 bits. */
export const AMOUNT_MAX = 1_000_000_000_000n;

/** No user, no password: whoever opens it has to be let in by the place itself. */
const URL = /^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:[/?#][\x21-\x7e]*)?$/i;
const URL_MAX = 2_000;
const DOCUMENT = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;
const SHA256 = /^[0-9a-f]{64}$/;

export const isWords = (text: string): boolean => text.length >= TEXT_MIN && text.length <= TEXT_MAX;

export function amountFault(amount: Points): WishFault | null {
  if (amount === 0n) return 'ZERO';
  return amount > AMOUNT_MAX || amount < -AMOUNT_MAX ? 'TOO_LARGE' : null;
}

/** The first field that is wrong, and why. */
export function wishFault(wish: Wish, reasonCodes: readonly string[]): [field: string, fault: WishFault] | null {
  const amount = amountFault(wish.amount);
  if (amount) return ['amount', amount];
  if (wish.reasonCode !== OTHER && !reasonCodes.includes(wish.reasonCode)) return ['reasonCode', 'REASON_CODE'];
  if (!isWords(wish.reason)) return ['reason', 'REASON_LENGTH'];
  return wish.attachment && !isAttachment(wish.attachment) ? ['attachment', 'ATTACHMENT'] : null;
}

/** Either an address or an id of a document; the hash is optional. */
export function isAttachment({ url, documentId, sha256 }: Attachment): boolean {
  if ((url === null) === (documentId === null)) return false;
  if (url !== null && (url.length > URL_MAX || !URL.test(url))) return false;
  if (documentId !== null && !DOCUMENT.test(documentId)) return false;
  return sha256 === null || SHA256.test(sha256);
}
