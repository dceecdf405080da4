// npm run check:ledger: reads the six databases, or as many as there are logins for, and proves that nothing has gone wrong.
// Ends with code 1 on any violation, and when there was nothing to look at (not with --may-be-empty: a new release is no fault).
// With --json the result is printed for programs.
import { type ServiceName, SERVICES } from '@atrium/contracts';
import { checkLedger, type LedgerResult } from './check/all';
import { anythingSeen, databaseUrls, nothingSeen, openDatabases, requireRows } from './check/databases';
import { runCommand } from './command';

runCommand(async () => {
  const db = openDatabases(databaseUrls());
  try {
    if (process.argv.includes('--may-be-empty') && !(await anythingSeen(db))) {
      console.log(nothingSeen(db.services));
      return;
    }
    await requireRows(db);
    tell(db.services, await checkLedger(db));
  } finally {
    await db.close();
  }
});

function tell(services: readonly ServiceName[], { rules, details, leftOut }: LedgerResult): void {
  const broken = rules.filter(({ violations }) => violations > 0);
  if (broken.length > 0) process.exitCode = 1;
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ rules, details, leftOut }));
    return;
  }
  console.table(rules);
  const unseen = SERVICES.filter((name) => !services.includes(name));
  if (unseen.length > 0) {
    console.log(`No login for ${unseen.join(', ')}: left out is what they state, hear and know, and`);
    for (const { invariant, rule } of leftOut) console.log(`  ${invariant} ${rule}`);
  }
  if (broken.length === 0) console.log(`${rules.length} rules hold.`);
  else {
    console.error(details.join('\n'));
    console.error(`\n${broken.length} of ${rules.length} rules are broken: docs/runbooks/ledger-check.md`);
  }
}
