import type { ServiceName } from '@atrium/contracts';
import { type Check, type Databases, NoLogin } from './databases';
import { FACT_CHECKS } from './facts';
import { LEDGER_CHECKS } from './ledgers';
import { LIABILITY_CHECKS } from './liability';
import { MERGE_CHECKS } from './merges';
import { RECOMPUTED } from './recompute';

const order = ({ invariant }: Check) => Number(invariant.slice(1));
const CHECKS = [...LEDGER_CHECKS, ...FACT_CHECKS, ...RECOMPUTED, ...LIABILITY_CHECKS, ...MERGE_CHECKS].sort(
  (a, b) => order(a) - order(b),
);
/** Of each rule. */
const SHOWN = 10;

export interface LedgerResult {
  rules: { invariant: string; rule: string; checked: number; violations: number }[];
  /** What is wrong, the first few of each rule. */
  details: string[];
  /** Rules that need the database of a service that there is no login for. */
  leftOut: { invariant: string; rule: string; needs: ServiceName }[];
}

/** Every rule that there are databases for, one after the other. */
export async function checkLedger(db: Databases): Promise<LedgerResult> {
  const result: LedgerResult = { rules: [], details: [], leftOut: [] };
  for (const { invariant, what, run } of CHECKS) {
    const found = await run(db).catch((error: unknown) => {
      if (error instanceof NoLogin) return error.service;
      throw error;
    });
    if (typeof found === 'string') {
      result.leftOut.push({ invariant, rule: what, needs: found });
      continue;
    }
    const { checked, violations } = found;
    result.rules.push({ invariant, rule: what, checked, violations: violations.length });
    result.details.push(...violations.slice(0, SHOWN).map((line) => `${invariant}: ${line}`));
    if (violations.length > SHOWN) result.details.push(`${invariant}: … and ${violations.length - SHOWN} more`);
  }
  return result;
}
