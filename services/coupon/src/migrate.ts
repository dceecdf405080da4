import 'reflect-metadata';
import { migrate } from '@atrium/platform';
import { couponService } from './app';
import { readMigrationUrl } from './config';

migrate({ url: readMigrationUrl(), entities: couponService.entities, migrations: couponService.migrations }).then(
  (applied) => process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'nothing to apply\n'),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
