// npm run check:acknowledged -- FILE: whether the databases have what the graph told k6 that it keeps. `-` reads the file from standard input.
import { UsageError } from '@atrium/platform/operator';
import { databaseUrls, openDatabases } from './check/databases';
import { runCommand } from './command';
import { compareWithDatabases, readAcknowledged } from './load/acknowledged';

runCommand(async () => {
  const [file, json] = process.argv.slice(2);
  if (file === undefined)
    throw new UsageError(
      'check-acknowledged FILE: acknowledged.ndjson of a run of npm run load, or -; --json for programs',
    );
  const acknowledged = await readAcknowledged(file === '-' ? process.stdin : file);
  const db = openDatabases(databaseUrls());
  try {
    const kept = await compareWithDatabases(db, acknowledged);
    if (kept.some(({ lost, doubled }) => lost + doubled > 0)) process.exitCode = 1;
    if (json === '--json') console.log(JSON.stringify(kept));
    else console.table(kept);
  } finally {
    await db.close();
  }
});
