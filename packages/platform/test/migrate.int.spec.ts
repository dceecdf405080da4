import { eventually, type TestDatabase } from '@atrium/testkit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrate } from '../src';
import { cloneTiny } from './support/harness';
import { tinyService } from './support/tiny-service';

describe('a migration', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await cloneTiny();
  });
  afterEach(() => database.drop());

  const run = (up: (qr: QueryRunner) => Promise<void>) => {
    class Next1900000000000 implements MigrationInterface {
      name = 'Next1900000000000';
      up = up;
      down = () => Promise.reject(new Error('migrations go forward only'));
    }
    return migrate({
      url: database.ownerUrl,
      entities: [],
      migrations: [...tinyService.migrations, Next1900000000000],
    });
  };

  it('may take as long as it takes', async () => {
    let limit: unknown;
    await run(async (qr) => {
      limit = await qr.query('show statement_timeout');
    });
    expect(limit).toEqual([{ statement_timeout: '0' }]);
  });

  it('that fails says why, also when the connection with the lock is gone as well', async () => {
    const failing = run(async (qr) => {
      const others = `from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
        and database = (select oid from pg_database where datname = current_database())`;
      const ended = (await qr.query(`select pg_terminate_backend(pid) ${others}`)) as unknown[];
      expect(ended).toHaveLength(1);
      await eventually(async () => ((await qr.query(`select 1 ${others}`)) as unknown[]).length === 0, {
        what: 'the lock is gone',
      });
      throw new Error('the reason');
    });
    await expect(failing).rejects.toThrow('the reason');
  });
});
