import 'reflect-metadata';
import { migrate, runProcess } from '@atrium/platform';
import { messagingService } from './app';
import { readMigrationUrl } from './config';

runProcess(async () => {
  const { entities, migrations } = messagingService;
  const applied = await migrate({ url: readMigrationUrl(), entities, migrations });
  process.stdout.write(applied.length === 0 ? 'messaging: nothing to apply\n' : `messaging: ${applied.join(', ')}\n`);
  process.exit(0);
});
