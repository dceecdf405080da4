import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import { type RuleBook, ruleBook } from '../domain/rule-book';
import type { Rules, RuleVersion } from '../domain/rules';
import {
  ANY_SALE,
  type CampaignTerms,
  DEFAULT_PROGRAMME,
  type EarnTerms,
  type InteractionTerms,
  PLAIN_CAMPAIGN,
  type ProgrammeTerms,
} from '../domain/terms';
import { insertRows } from '../../ledger/storage/rows';
import { asOfVersion, versionChanged } from './programme-version';

export type RuleKind = 'PROGRAMME' | 'EARN' | 'CAMPAIGN' | 'INTERACTION';

/** Who did what to a version, and when. */
export interface RuleAudit {
  readonly draftedBy: string;
  readonly draftedAt: Date;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly activatedBy: string | null;
  readonly activatedAt: Date | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
}

/** A rule version of any kind; `kind` says which terms it has. */
export type AnyRule =
  | (RuleVersion<ProgrammeTerms> & { kind: 'PROGRAMME' })
  | (RuleVersion<EarnTerms> & { kind: 'EARN' })
  | (RuleVersion<CampaignTerms> & { kind: 'CAMPAIGN' })
  | (RuleVersion<InteractionTerms> & { kind: 'INTERACTION' });
export type RuleRecord = AnyRule & RuleAudit;

type RuleRow = Omit<AnyRule, 'terms'> & { terms: string };

const COLUMNS = `id, rule_id as "ruleId", kind, code, version, effective_from as "effectiveFrom",
  effective_to as "effectiveTo", status, published_at as "publishedAt", terms::text`;
const AUDIT = `drafted_by as "draftedBy", drafted_at as "draftedAt", approved_by as "approvedBy",
  approved_at as "approvedAt", published_by as "activatedBy", published_at as "activatedAt", ended_by as "endedBy",
  ended_at as "endedAt"`;

export async function findAllRules(tx: Tx): Promise<RuleRecord[]> {
  const rows = await tx.prepared<RuleRow>(
    'points.rule.all',
    `select ${COLUMNS}, ${AUDIT} from points_rule where group_id = $1 order by kind, code, version`,
    [tx.groupId],
  );
  return rows.map(fromRow);
}

/** What sales are rated by: drafts are not among them. Shared between transactions: read only. */
export const findRules = (tx: Tx): Promise<Rules> =>
  asOfVersion(tx, 'rules', async () => {
    const rows = await tx.prepared<RuleRow>(
      'points.rule.published',
      `select ${COLUMNS} from points_rule where group_id = $1 and status in ('ACTIVE', 'RETIRED')
       order by kind, code, version`,
      [tx.groupId],
    );
    return rulesOf(rows.map(fromRow));
  });

export const rulesOf = (all: readonly AnyRule[]): Rules => ({
  programmes: all.filter((rule) => rule.kind === 'PROGRAMME'),
  earn: all.filter((rule) => rule.kind === 'EARN'),
  campaigns: all.filter((rule) => rule.kind === 'CAMPAIGN'),
  interactions: all.filter((rule) => rule.kind === 'INTERACTION'),
});

/** The same, made ready for rating. */
export const findRuleBook = (tx: Tx): Promise<RuleBook> =>
  asOfVersion(tx, 'book', async () => ruleBook(await findRules(tx)));

/** Rules change one after the other, so that no number is given twice and nobody decides on what is changing. */
export async function lockRules(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('points-rules' || $1::text, 0))`, [tx.groupId]);
}

/** All versions of a rule, oldest first. */
export async function findVersions(tx: Tx, ruleId: string): Promise<RuleRecord[]> {
  const rows = await tx.query<RuleRow>(
    `select ${COLUMNS}, ${AUDIT} from points_rule where group_id = $1 and rule_id = $2 order by version`,
    [tx.groupId, ruleId],
  );
  return rows.map(fromRow);
}

export async function findRule(tx: Tx, id: string): Promise<RuleRecord | null> {
  const rows = await tx.query<RuleRow>(`select ${COLUMNS}, ${AUDIT} from points_rule where group_id = $1 and id = $2`, [
    tx.groupId,
    id,
  ]);
  return rows.map(fromRow)[0] ?? null;
}

export async function insertRule(tx: Tx, rule: RuleRecord): Promise<void> {
  await insertRows(tx, 'points_rule', [
    {
      group_id: tx.groupId,
      id: rule.id,
      rule_id: rule.ruleId,
      kind: rule.kind,
      code: rule.code,
      version: rule.version,
      effective_from: rule.effectiveFrom,
      terms: JSON.parse(encodeJson(rule.terms)) as unknown,
      ...changing(rule),
    },
  ]);
  versionChanged(tx);
}

/** Writes where the version stands now; its terms never change. */
export async function saveRule(tx: Tx, rule: RuleRecord): Promise<void> {
  const columns = Object.entries(changing(rule));
  await tx.query(
    `update points_rule set ${columns.map(([name], i) => `${name} = $${i + 3}`).join(', ')}
     where group_id = $1 and id = $2`,
    [tx.groupId, rule.id, ...columns.map(([, value]) => value)],
  );
  versionChanged(tx);
}

const changing = (rule: RuleRecord) => ({
  effective_to: rule.effectiveTo,
  status: rule.status,
  drafted_by: rule.draftedBy,
  drafted_at: rule.draftedAt,
  approved_by: rule.approvedBy,
  approved_at: rule.approvedAt,
  published_by: rule.activatedBy,
  published_at: rule.activatedAt,
  ended_by: rule.endedBy,
  ended_at: rule.endedAt,
});

const fromRow = <T extends RuleRow>(row: T): RuleRecord =>
  ({ ...row, terms: complete(row.kind, decodeJson(row.terms) as object) }) as unknown as RuleRecord;

/** Versions written before a term was thought of have its default. */
function complete(kind: RuleKind, terms: object): unknown {
  switch (kind) {
    case 'PROGRAMME': {
      const stored = terms as Partial<ProgrammeTerms>;
      const D = DEFAULT_PROGRAMME;
      return {
        ...D,
        ...stored,
        earning: { ...D.earning, ...stored.earning },
        growth: { ...D.growth, ...stored.growth },
        spending: { ...D.spending, ...stored.spending },
        refunds: { ...D.refunds, ...stored.refunds },
        desk: { ...D.desk, ...stored.desk },
        transfers: { ...D.transfers, ...stored.transfers },
      };
    }
    case 'EARN':
      return { ...ANY_SALE, ...terms };
    case 'CAMPAIGN':
      return { ...PLAIN_CAMPAIGN, ...terms };
    case 'INTERACTION':
      return terms;
  }
}
