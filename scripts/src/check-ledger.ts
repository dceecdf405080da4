// npm run check:ledger: reads the six databases and proves that nothing has gone wrong. Ends with code 1 on any violation.
// With --json the result is printed for programs.
import { checkLedger } from './check/all';
import { databaseUrls, openDatabases } from './check/databases';
import { runCommand } from './command';

runCommand(async () => {
  const db = openDatabases(databaseUrls());
  const { rules, details } = await checkLedger(db).finally(() => db.close());
  const broken = rules.filter(({ violations }) => violations > 0);
  if (broken.length > 0) process.exitCode = 1;
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ rules, details }));
    return;
  }
  console.table(rules);
  if (broken.length === 0) console.log(`${rules.length} rules hold.`);
  else {
    console.error(details.join('\n'));
    console.error(`\n${broken.length} of ${rules.length} rules are broken: docs/runbooks/ledger-check.md`);
  }
});
