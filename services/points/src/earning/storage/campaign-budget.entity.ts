import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a campaign may give in all, and has given. */
@Entity('campaign_budget')
export class CampaignBudgetRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'rule_id' })
  ruleId: string;

  @Column({ type: 'bigint' })
  budget: bigint;

  @Column({ type: 'bigint' })
  spent: bigint;
}
