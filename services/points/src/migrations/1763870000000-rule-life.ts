import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules have a life: who drafted, approved and ended a version. Terms of older versions get their places in the whole vocabulary. */
export class RuleLife1763870000000 implements MigrationInterface {
  name = 'RuleLife1763870000000';

  async up(qr: QueryRunner): Promise<void> {
    await qr.query(`set local lock_timeout = '5s'`);
    await qr.query(`
      alter table points_rule
        add column drafted_by text,
        add column drafted_at timestamptz,
        add column approved_by text,
        add column approved_at timestamptz,
        add column ended_by text,
        add column ended_at timestamptz,
        alter column published_by drop not null,
        alter column published_at drop not null,
        drop constraint points_rule_kind,
        drop constraint points_rule_status,
        drop constraint points_rule_interval,
        add constraint points_rule_kind check (kind in ('PROGRAMME', 'EARN', 'CAMPAIGN', 'INTERACTION')),
        add constraint points_rule_status
          check (status in ('DRAFT', 'APPROVED', 'ACTIVE', 'RETIRED', 'DISCARDED')),
        add constraint points_rule_interval check (effective_to is null or effective_to >= effective_from)`);
    await qr.query(`
      update points_rule set drafted_by = published_by, drafted_at = published_at,
        approved_by = published_by, approved_at = published_at`);
    await qr.query(`
      alter table points_rule
        alter column drafted_by set not null,
        alter column drafted_at set not null,
        add constraint points_rule_published
          check (status not in ('ACTIVE', 'RETIRED') or (approved_at is not null and published_at is not null))`);
    await qr.query(`create index points_rule_versions on points_rule (group_id, rule_id, version)`);
    // The programme's terms were flat once.
    await qr.query(`
      update points_rule set terms = jsonb_build_object(
          'expiry', case terms ->> 'expiry'
            when 'NEVER' then '{"mode": "NEVER"}'::jsonb
            when 'MONTHS_TO_MONTH_END' then jsonb_build_object('mode', 'AFTER', 'count', terms -> 'expiryMonths',
              'unit', 'MONTH', 'from', 'EARNED', 'roundTo', 'MONTH')
            else '{"mode": "END_OF_PERIOD", "period": "YEAR", "count": 1}'::jsonb end,
          'lateCreditDays', terms -> 'graceDays',
          'growth', jsonb_build_object('perUnit', terms -> 'growthPerUnit'),
          'spending', jsonb_build_object('conversions', terms -> 'conversions', 'minPoints', terms -> 'minPoints',
            'stepPoints', terms -> 'stepPoints', 'maxPercentOfEligible', terms -> 'maxPercentOfEligible',
            'holdMinutes', terms -> 'holdMinutes'),
          'refunds', jsonb_build_object('afterExpiry',
            jsonb_build_object('mode', 'GRACE_DAYS', 'days', terms -> 'graceDays')),
          'desk', jsonb_build_object('approvalAbove', terms -> 'adjustApprovalAbove'))
      where kind = 'PROGRAMME' and jsonb_typeof(terms -> 'expiry') = 'string'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
