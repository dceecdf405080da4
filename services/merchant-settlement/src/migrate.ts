import 'reflect-metadata';
import { migrate } from '@atrium/platform';
import { settlementService } from './app';
import { readMigrationUrl } from './config';

migrate({
  url: readMigrationUrl(),
  entities: settlementService.entities,
  migrations: settlementService.migrations,
}).then(
  (applied) => {
    process.stdout.write(`${applied.length === 0 ? 'nothing to apply' : applied.join('\n')}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
