// How a number came about, kept beside it as codes and figures. The words are added when somebody reads it.

export const STEP_CODES = [
  'NO_PROGRAMME',
  'ELIGIBLE',
  'RATE',
  'NO_RATE',
  'TIER',
  'CAMPAIGN',
  'MULTIPLIER',
  'MULTIPLIER_CAPPED',
  'EXACT',
  'BUDGET_PARTIAL',
  'BUDGET_EXHAUSTED',
  'ROUNDED_DOWN',
  'ROUNDED_HALF_UP',
  'ROUNDED_UP',
  'BONUS',
  'CAPPED_SALE',
  'CAPPED_DAY',
  'CAPPED_MERCHANT_DAY',
  'TOO_LATE',
  'NEEDS_APPROVAL',
  'LATE_APPROVED',
  'GROWTH',
  'RERATED',
  'LINE_REFUNDED',
  'BONUS_LEFT',
  'FULLY_REFUNDED',
  'REVERSED_BEFORE',
  'REVERSED',
  'OWED',
  'WAIVED',
  'PAID_IN_CASH',
  'REDEEMED',
  'WORTH',
  'RETURNED',
  'SPENT',
  'UNDONE',
  'DEBT_REPAID',
  'EXPIRED',
  'REINSTATED',
  'ADJUSTED',
  'GIFT',
  'WRITTEN_OFF',
  'TRANSFER_SENT',
  'TRANSFER_RECEIVED',
  'TRANSFER_RETURNED',
  'MERGED_AWAY',
  'MERGED_IN',
  'INTERACTION',
  'STREAK',
  'EXCHANGED',
] as const;
export type StepCode = (typeof STEP_CODES)[number];

/** One step of the arithmetic. `args` are figures and codes that the sentence about the step mentions. */
export interface Step {
  readonly code: StepCode;
  readonly value?: string;
  readonly ruleVersionId?: string;
  readonly args?: Readonly<Record<string, string>>;
}
