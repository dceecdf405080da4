// npm run check:ledger: reads the six databases and proves that nothing has gone wrong. Ends with code 1 on any violation.
import { databaseUrls, openDatabases } from './check/databases';
import { FACT_CHECKS } from './check/facts';
import { LEDGER_CHECKS } from './check/ledgers';
import { LIABILITY_CHECKS } from './check/liability';
import { MERGE_CHECKS } from './check/merges';
import { RECOMPUTED } from './check/recompute';
import { runCommand } from './command';

const SHOWN = 10;

runCommand(async () => {
  const db = openDatabases(databaseUrls());
  const table: { invariant: string; rule: string; checked: number; violations: number }[] = [];
  const details: string[] = [];
  try {
    const order = (name: string) => Number(name.slice(1));
    const checks = [...LEDGER_CHECKS, ...FACT_CHECKS, ...RECOMPUTED, ...LIABILITY_CHECKS, ...MERGE_CHECKS].sort(
      (a, b) => order(a.invariant) - order(b.invariant),
    );
    for (const { invariant, what, run } of checks) {
      const { checked, violations } = await run(db);
      table.push({ invariant, rule: what, checked, violations: violations.length });
      details.push(...violations.slice(0, SHOWN).map((line) => `${invariant}: ${line}`));
      if (violations.length > SHOWN) details.push(`${invariant}: … and ${violations.length - SHOWN} more`);
    }
  } finally {
    await db.close();
  }
  console.table(table);
  const broken = table.filter(({ violations }) => violations > 0);
  if (broken.length === 0) {
    console.log(`${table.length} rules hold.`);
    return;
  }
  console.error(details.join('\n'));
  console.error(`\n${broken.length} of ${table.length} rules are broken: docs/runbooks/ledger-check.md`);
  process.exit(1);
});
