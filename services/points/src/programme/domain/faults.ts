// What is wrong with a rule that somebody wants: a code, and where in the input.
export type FaultCode =
  | 'REQUIRED'
  | 'NOT_HERE'
  | 'ONE_KIND'
  | 'CODE'
  | 'INTERVAL'
  | 'RANGE'
  | 'NEGATIVE'
  | 'NOT_POSITIVE'
  | 'PERCENT'
  | 'MULTIPLIER'
  | 'MONEY'
  | 'TWICE'
  | 'ASCENDING'
  | 'DATE'
  | 'PUBLIC_KEY'
  | 'TEXT'
  | 'LOCALE'
  | 'UNKNOWN_MERCHANT'
  | 'UNKNOWN_STORE'
  | 'STORE_OF_ANOTHER';

export interface Fault {
  readonly path: readonly string[];
  readonly reason: FaultCode;
  /** Figures that the sentence about the fault mentions. */
  readonly args?: Readonly<Record<string, string>>;
}
