import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All ids of a person, for what is counted once for a person: interactions. */
export class MergedPersons1763920000023 implements MigrationInterface {
  name = 'MergedPersons1763920000023';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`create index account_merged on account (merged_into) where merged_into is not null`);
    await qr.query(`
      create function points_person(p_group uuid, p_members uuid[]) returns uuid[] language sql stable as $$
        with recursive whole(id) as (
          select unnest(points_merged(p_group, p_members))
          union select a.member_id from whole join account a on a.merged_into = whole.id where a.group_id = p_group
        )
        select array_agg(id) from whole
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
