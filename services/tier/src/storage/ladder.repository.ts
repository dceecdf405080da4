import type { Tx } from '@atrium/platform';
import type { Condition, Ladder, LadderStatus, LadderTerms, LadderTier, Rule } from '../domain/ladder';

interface Row {
  id: string;
  version: bigint;
  status: LadderStatus;
  effectiveFrom: Date;
  effectiveTo: Date | null;
  terms: StoredTerms;
}

/** JSON has no whole numbers of 64 bits: required amounts are kept as text. */
type StoredRule = Omit<Rule, 'conditions'> & { conditions: (Omit<Condition, 'required'> & { required: string })[] };
type StoredTier = Omit<LadderTier, 'upgrade' | 'retain'> & { upgrade: StoredRule | null; retain: StoredRule | null };
type StoredTerms = Omit<LadderTerms, 'tiers'> & { tiers: StoredTier[] };

const COLUMNS = `id, version, status, effective_from as "effectiveFrom", effective_to as "effectiveTo", terms`;

/** Every published version of the group, oldest first. */
export async function findLadders(tx: Tx): Promise<Ladder[]> {
  const rows = await tx.prepared<Row>(
    'tier.ladder.all',
    `select ${COLUMNS} from tier_ladder where group_id = $1 and status <> 'DRAFT' order by effective_from, version`,
    [tx.groupId],
  );
  return rows.map(({ terms, ...row }) => ({ ...row, ...fromStored(terms) }));
}

/** One publisher at a time: the group's own node is the lock. */
export async function lockGroup(tx: Tx): Promise<void> {
  await tx.query(`select 1 from org_node where group_id = $1 and id = $1 for update`, [tx.groupId]);
}

export async function insertLadder(tx: Tx, ladder: Ladder, publishedBy: string): Promise<void> {
  const { id, version, status, effectiveFrom, effectiveTo, ...terms } = ladder;
  await tx.query(
    `insert into tier_ladder (group_id, id, version, status, effective_from, effective_to, terms, published_by, published_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tx.groupId, id, version, status, effectiveFrom, effectiveTo, JSON.stringify(toStored(terms)), publishedBy, tx.now],
  );
}

/** The version before the newest ends where that begins. */
export async function endLadder(tx: Tx, id: string, effectiveTo: Date): Promise<void> {
  await tx.query(`update tier_ladder set effective_to = $3 where group_id = $1 and id = $2`, [
    tx.groupId,
    id,
    effectiveTo,
  ]);
}

/** Lets the clock say which version is in force. */
export async function ageLadders(tx: Tx): Promise<void> {
  await tx.prepared(
    'tier.ladder.age',
    `update tier_ladder set status = case when effective_to <= $2 then 'RETIRED' else 'ACTIVE' end
     where group_id = $1 and effective_from <= $2
       and (status = 'APPROVED' or (status = 'ACTIVE' and effective_to <= $2))`,
    [tx.groupId, tx.now],
  );
}

const toStored = (terms: LadderTerms): StoredTerms => ({
  ...terms,
  tiers: terms.tiers.map((tier) => ({
    ...tier,
    upgrade: tier.upgrade && storedRule(tier.upgrade),
    retain: tier.retain && storedRule(tier.retain),
  })),
});

const storedRule = (rule: Rule): StoredRule => ({
  ...rule,
  conditions: rule.conditions.map((condition) => ({ ...condition, required: condition.required.toString() })),
});

const fromStored = (terms: StoredTerms): LadderTerms => ({
  ...terms,
  tiers: terms.tiers.map((tier) => ({
    ...tier,
    upgrade: tier.upgrade && readRule(tier.upgrade),
    retain: tier.retain && readRule(tier.retain),
  })),
});

const readRule = (rule: StoredRule): Rule => ({
  ...rule,
  conditions: rule.conditions.map((condition) => ({ ...condition, required: BigInt(condition.required) })),
});
