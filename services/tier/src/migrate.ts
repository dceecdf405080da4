import 'reflect-metadata';
import { migrate } from '@atrium/platform';
import { tierService } from './app';
import { readMigrationUrl } from './config';

migrate({ url: readMigrationUrl(), entities: tierService.entities, migrations: tierService.migrations }).then(
  (applied) => {
    for (const name of applied) console.log(`applied ${name}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
