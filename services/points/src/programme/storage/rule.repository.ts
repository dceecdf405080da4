import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import type { Rules, RuleVersion } from '../domain/rules';
import type { CampaignTerms, EarnTerms, InteractionTerms, ProgrammeTerms } from '../domain/terms';
import { insertRows } from '../../ledger/storage/rows';

export type RuleKind = 'PROGRAMME' | 'EARN' | 'CAMPAIGN' | 'INTERACTION';

/** A rule version of any kind; `kind` says which terms it has. */
export type AnyRule =
  | (RuleVersion<ProgrammeTerms> & { kind: 'PROGRAMME' })
  | (RuleVersion<EarnTerms> & { kind: 'EARN' })
  | (RuleVersion<CampaignTerms> & { kind: 'CAMPAIGN' })
  | (RuleVersion<InteractionTerms> & { kind: 'INTERACTION' });

type RuleRow = Omit<AnyRule, 'terms'> & { terms: string };

const COLUMNS = `id, rule_id as "ruleId", kind, code, version, effective_from as "effectiveFrom",
  effective_to as "effectiveTo", status, published_at as "publishedAt", terms::text`;

export async function findAllRules(tx: Tx): Promise<AnyRule[]> {
  const rows = await tx.prepared<RuleRow>(
    'points.rule.all',
    `select ${COLUMNS} from points_rule where group_id = $1 order by kind, code, version`,
    [tx.groupId],
  );
  return rows.map(fromRow);
}

export async function findRules(tx: Tx): Promise<Rules> {
  const all = await findAllRules(tx);
  return {
    programmes: all.filter((rule) => rule.kind === 'PROGRAMME'),
    earn: all.filter((rule) => rule.kind === 'EARN'),
    campaigns: all.filter((rule) => rule.kind === 'CAMPAIGN'),
    interactions: all.filter((rule) => rule.kind === 'INTERACTION'),
  };
}

/** The next version number of a rule; publishing waits for its turn, so that no number is given twice. */
export async function nextRuleVersion(tx: Tx, kind: RuleKind, code: string): Promise<bigint> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('points-rules' || $1::text, 0))`, [tx.groupId]);
  const [row] = await tx.query<{ next: bigint }>(
    `select coalesce(max(version), 0) + 1 as next from points_rule where group_id = $1 and kind = $2 and code = $3`,
    [tx.groupId, kind, code],
  );
  return row?.next ?? 1n;
}

export async function insertRule(tx: Tx, rule: AnyRule, publishedBy: string): Promise<void> {
  await insertRows(tx, 'points_rule', [
    {
      group_id: tx.groupId,
      id: rule.id,
      rule_id: rule.ruleId,
      kind: rule.kind,
      code: rule.code,
      version: rule.version,
      effective_from: rule.effectiveFrom,
      effective_to: rule.effectiveTo,
      status: rule.status,
      terms: JSON.parse(encodeJson(rule.terms)) as unknown,
      published_by: publishedBy,
      published_at: tx.now,
    },
  ]);
}

const fromRow = (row: RuleRow): AnyRule => ({ ...row, terms: decodeJson(row.terms) }) as AnyRule;
