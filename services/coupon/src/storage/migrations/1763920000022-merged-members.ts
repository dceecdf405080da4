import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members who were merged into another. Their coupons stay where they lie and are found under every id of the person. */
export class MergedMembers1763920000022 implements MigrationInterface {
  name = 'MergedMembers1763920000022';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`alter table member add column merged_into uuid`);
    await qr.query(`create index member_merged on member (merged_into) where merged_into is not null`);
    await qr.query(`
      create function coupon_person(p_group uuid, p_members uuid[]) returns uuid[] language sql stable as $$
        with recursive up(id) as (
          select unnest(p_members)
          union select m.merged_into from up join member m on m.id = up.id
            where m.group_id = p_group and m.merged_into is not null
        ), whole(id) as (
          select id from up
          union select m.id from whole join member m on m.merged_into = whole.id where m.group_id = p_group
        )
        select array_agg(id) from whole
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
