import 'reflect-metadata';
import { migrate } from '@atrium/platform';
import { settlementService } from './app';
import { readMigrationUrl } from './config';

async function main(): Promise<void> {
  const { entities, migrations } = settlementService;
  const applied = await migrate({ url: readMigrationUrl(), entities, migrations });
  process.stdout.write(`${applied.length === 0 ? 'nothing to apply' : applied.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
