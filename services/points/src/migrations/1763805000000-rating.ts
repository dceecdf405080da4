import { enableRowLevelSecurity } from '@atrium/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rating keeps: what campaigns have given of their budgets, when members have their birthday. */
export class Rating1763805000000 implements MigrationInterface {
  name = 'Rating1763805000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      create table campaign_budget (
        group_id uuid not null,
        rule_id uuid not null,
        budget bigint not null,
        spent bigint not null constraint campaign_budget_not_negative check (spent >= 0),
        primary key (group_id, rule_id),
        constraint campaign_budget_kept check (spent <= budget)
      ) with (fillfactor = 50)`);
    await enableRowLevelSecurity(qr, 'campaign_budget');
    await qr.query(`
      alter table member
        add column birth_month smallint constraint member_birth_month check (birth_month between 1 and 12),
        add column birth_day smallint constraint member_birth_day check (birth_day between 1 and 31)`);
    // The steps of a sale follow from its inputs; the entries keep what was said when they were posted.
    await qr.query(`alter table purchase_earn drop column steps, add column bonuses jsonb`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
