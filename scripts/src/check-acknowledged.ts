// npm run check:acknowledged -- FILE: whether the databases have what the graph told k6 that it keeps. `-` reads the file from standard input.
import { openDatabases, databaseUrls } from './check/databases';
import { UsageError } from '@atrium/testkit';
import { runCommand } from './command';
import { compareWithDatabases, readAcknowledged } from './load/acknowledged';

runCommand(async () => {
  const [file] = process.argv.slice(2);
  if (file === undefined)
    throw new UsageError('check-acknowledged FILE: acknowledged.ndjson of a run of npm run load, or -');
  const acknowledged = await readAcknowledged(file === '-' ? process.stdin : file);
  const db = openDatabases(databaseUrls());
  try {
    const kept = await compareWithDatabases(db, acknowledged);
    console.table(kept.map(({ examples: _, ...row }) => row));
    const examples = kept.flatMap(({ write, examples: of }) => of.map((key) => `${write} ${key}`));
    if (examples.length > 0) console.error(`Lost or doubled: ${examples.join(', ')}`);
    process.exitCode = examples.length > 0 ? 1 : 0;
  } finally {
    await db.close();
  }
});
