import type { Tx } from '@atrium/platform';
import type { CampaignTerms, EarnTerms, ProgrammeTerms, Rules, RuleVersion } from '../domain/rules';
import { insertRows } from './rows';

export type RuleKind = 'PROGRAMME' | 'EARN' | 'CAMPAIGN';

/** A rule version of any kind; `kind` says which terms it has. */
export type AnyRule =
  | (RuleVersion<ProgrammeTerms> & { kind: 'PROGRAMME' })
  | (RuleVersion<EarnTerms> & { kind: 'EARN' })
  | (RuleVersion<CampaignTerms> & { kind: 'CAMPAIGN' });

type StoredProgramme = Omit<ProgrammeTerms, 'conversions' | 'minPoints' | 'stepPoints' | 'adjustApprovalAbove'> & {
  conversions: { points: string; valueMinor: string; currency: string }[];
  minPoints: string;
  stepPoints: string;
  adjustApprovalAbove: string;
};
type RuleRow = Omit<RuleVersion<unknown>, 'terms'> &
  (
    | { kind: 'PROGRAMME'; terms: StoredProgramme }
    | { kind: 'EARN'; terms: EarnTerms }
    | { kind: 'CAMPAIGN'; terms: CampaignTerms }
  );

const COLUMNS = `id, rule_id as "ruleId", kind, code, version, effective_from as "effectiveFrom",
  effective_to as "effectiveTo", status, terms`;

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
      terms: rule.terms,
      published_by: publishedBy,
      published_at: tx.now,
    },
  ]);
}

function fromRow(row: RuleRow): AnyRule {
  if (row.kind !== 'PROGRAMME') return row;
  const { terms } = row;
  return {
    ...row,
    terms: {
      ...terms,
      conversions: terms.conversions.map(({ points, valueMinor, currency }) => ({
        points: BigInt(points),
        valueMinor: BigInt(valueMinor),
        currency,
      })),
      minPoints: BigInt(terms.minPoints),
      stepPoints: BigInt(terms.stepPoints),
      adjustApprovalAbove: BigInt(terms.adjustApprovalAbove),
    },
  };
}
