import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A token for each tenant that is another one after any change of its rules or tier ladders: what was read before can be kept. */
export class ProgrammeVersion1763910000000 implements MigrationInterface {
  name = 'ProgrammeVersion1763910000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`create table programme_version (group_id uuid primary key, token uuid not null)`);
    await enableRowLevelSecurity(qr, 'programme_version');
    await qr.query(`
      create function programme_version_changed() returns trigger language plpgsql as $$
      begin
        insert into programme_version (group_id, token) values (coalesce(new.group_id, old.group_id), gen_random_uuid())
          on conflict (group_id) do update set token = excluded.token;
        return null;
      end $$`);
    for (const table of ['points_rule', 'tier_ladder']) {
      await qr.query(`
        create trigger ${table}_version_changed after insert or update or delete on ${table}
          for each row execute function programme_version_changed()`);
      // Tenants that have rules already.
      await qr.query(`
        insert into programme_version select distinct group_id, gen_random_uuid() from ${table}
          where true on conflict do nothing`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
