import type { EntityClass, MigrationClass } from '../database/database';
import { migrate } from '../database/migrate';
import { readMigrationUrl } from './config';
import { runProcess } from './process';

/** A service's migration as a process: applies what is missing and ends; with 1 and a line that says why when it cannot. */
export function runMigration(
  service: { name: string; entities: EntityClass[]; migrations: MigrationClass[] },
  options: { monthly?: readonly string[] } = {},
): void {
  runProcess(async () => {
    const url = readMigrationUrl();
    const { entities, migrations } = service;
    const applied = await migrate({ url, entities, migrations, ...options });
    process.stdout.write(`${service.name}: ${applied.length === 0 ? 'nothing to apply' : applied.join(', ')}\n`);
    process.exit(0);
  });
}
