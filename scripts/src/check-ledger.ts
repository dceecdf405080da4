// npm run check:ledger: reads the six databases, or as many as there are logins for, and proves that nothing has gone wrong.
// Ends with code 1 on any violation, and when there was nothing to look at.
// With --json the result is printed for programs.
import { SERVICES } from '@atrium/contracts';
import { checkLedger } from './check/all';
import { databaseUrls, openDatabases, requireRows } from './check/databases';
import { runCommand } from './command';

runCommand(async () => {
  const db = openDatabases(databaseUrls());
  const { rules, details, leftOut } = await requireRows(db)
    .then(() => checkLedger(db))
    .finally(() => db.close());
  const broken = rules.filter(({ violations }) => violations > 0);
  if (broken.length > 0) process.exitCode = 1;
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ rules, details, leftOut }));
    return;
  }
  console.table(rules);
  const unseen = SERVICES.filter((name) => !db.services.includes(name));
  if (unseen.length > 0) {
    console.log(`No login for ${unseen.join(', ')}: left out is what they state, hear and know, and`);
    for (const { invariant, rule } of leftOut) console.log(`  ${invariant} ${rule}`);
  }
  if (broken.length === 0) console.log(`${rules.length} rules hold.`);
  else {
    console.error(details.join('\n'));
    console.error(`\n${broken.length} of ${rules.length} rules are broken: docs/runbooks/ledger-check.md`);
  }
});
