import 'reflect-metadata';
import { migrate, runProcess } from '@atrium/platform';
import { memberService } from './app';
import { readMigrationUrl } from './config';

runProcess(async () => {
  const { entities, migrations } = memberService;
  const applied = await migrate({ url: readMigrationUrl(), entities, migrations });
  process.stdout.write(applied.length === 0 ? 'member: nothing to apply\n' : `member: ${applied.join(', ')}\n`);
  process.exit(0);
});
