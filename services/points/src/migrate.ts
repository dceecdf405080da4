import 'reflect-metadata';
import { migrate } from '@atrium/platform';
import { pointsService } from './app';
import { readMigrationUrl } from './config';

migrate({
  url: readMigrationUrl(),
  entities: pointsService.entities,
  migrations: pointsService.migrations,
  monthly: ['entry', 'entry_leaf'],
}).then(
  (applied) => {
    for (const name of applied) console.log(`applied ${name}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
