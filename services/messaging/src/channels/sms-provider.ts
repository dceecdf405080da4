/** A text to one phone. `messageId` is the same at every try: a provider that knows it does not send twice. */
export interface Sms {
  groupId: string;
  memberId: string;
  messageId: string;
  businessKey: string;
  /** E.164. For the provider's eyes only: never logged, never stored. */
  phone: string;
  text: string;
  locale: string;
}

/**
 * What a provider said. TRY_LATER: surely not sent, may be tried again. REFUSED: surely not sent, never will be.
 * UNKNOWN: nobody can say; it is not sent again, because a text is paid for and a member rung up twice is worse than once less.
 */
export type SmsOutcome =
  | { kind: 'ACCEPTED' }
  | { kind: 'TRY_LATER'; code: string }
  | { kind: 'REFUSED'; code: string }
  | { kind: 'UNKNOWN'; code: string };

export interface SmsProvider {
  send(sms: Sms): Promise<SmsOutcome>;
}
