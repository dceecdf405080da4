import { job } from '@atrium/platform';
import type { ForgetCodes } from '../use-cases/forget-codes';

/** Codes of the past name nobody any more. */
export const forgetCodesJob = (forgetCodes: ForgetCodes) =>
  job({ name: 'forget-codes', everySeconds: 300, run: () => forgetCodes() });
