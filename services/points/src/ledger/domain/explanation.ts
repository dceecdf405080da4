// How a number came about, kept beside it as codes and figures. The words are added when somebody reads it.

export const STEP_CODES = [
  'NO_PROGRAMME',
  'ELIGIBLE',
  'RATE',
  'NO_RATE',
  'TIER',
  'CAMPAIGN',
  'MULTIPLIER',
  'EXACT',
  'ROUNDED_DOWN',
  'GROWTH',
  'RERATED',
  'LINE_REFUNDED',
  'FULLY_REFUNDED',
  'REVERSED_BEFORE',
  'REVERSED',
  'OWED',
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
] as const;
export type StepCode = (typeof STEP_CODES)[number];

/** One step of the arithmetic. `args` are figures and codes that the sentence about the step mentions. */
export interface Step {
  readonly code: StepCode;
  readonly value?: string;
  readonly ruleVersionId?: string;
  readonly args?: Readonly<Record<string, string>>;
}
