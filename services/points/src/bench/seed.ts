// Members as years of business leave them, generated in the database. Their ids can be computed: members come in blocks of 64
// that differ in the first eight digits, so that a recorded batch can be played again with another block.
import { naturalId } from '@atrium/kernel';
import { type Database, saveOrgNodes, type Tx } from '@atrium/platform';
import type { EntityManager } from 'typeorm';
import { insertLadder } from '../earning/storage/tier.repository';
import { ANY_SALE, DEFAULT_PROGRAMME, PLAIN_CAMPAIGN } from '../programme/domain/terms';
import { insertRule, type RuleRecord } from '../programme/storage/rule.repository';

export const GROUP = naturalId('group', 'BENCH');
export const MALL = naturalId('mall', GROUP, 'SH01');
export const MERCHANT = naturalId('merchant', GROUP, 'SH01', 'CAFE');
export const STORE = naturalId('store', GROUP, 'CAFE-1');
export const BLOCK = 64;
/** Added to a block's number: its eight digits never stand anywhere else. */
export const FIRST_BLOCK = 0xa0000000;

export const memberIdAt = (i: number): string =>
  `${(FIRST_BLOCK + Math.floor(i / BLOCK)).toString(16)}-0000-7000-8000-${(i % BLOCK).toString(16).padStart(12, '0')}`;

export interface Population {
  members: number;
  /** Unspent lots of each. */
  lots: number;
  /** Entries of each; those beyond its lots earn and spend in turn. */
  entries: number;
  /** Whether what the members have lapsed already. */
  lapsed: boolean;
}

/** The organisation and the rules: a base rate, one by category, a campaign. */
export async function seedRules(db: Database): Promise<void> {
  const from = new Date('2026-01-01T00:00:00Z');
  await db.inTransaction(GROUP, async (tx) => {
    const node = { timeZone: 'Asia/Shanghai', currency: 'CNY', dayCutMinutes: 240, version: 1n };
    await saveOrgNodes(tx, [
      { ...node, id: GROUP, kind: 'GROUP', path: [GROUP], code: 'BENCH', name: 'Bench' },
      { ...node, id: MALL, kind: 'MALL', path: [GROUP, MALL], code: 'SH01', name: 'Mall' },
      { ...node, id: MERCHANT, kind: 'MERCHANT', path: [GROUP, MALL, MERCHANT], code: 'CAFE', name: 'Café' },
      { ...node, id: STORE, kind: 'STORE', path: [GROUP, MALL, MERCHANT, STORE], code: 'CAFE-1', name: 'Café 1' },
    ]);
    const spending = {
      ...DEFAULT_PROGRAMME.spending,
      conversions: [{ points: 100n, valueMinor: 100n, currency: 'CNY' }],
    };
    const backdated = { approvalAfterDays: null, rejectAfterDays: null };
    const earning = { ...DEFAULT_PROGRAMME.earning, backdated };
    await rule(tx, from, 'PROGRAMME', 'PROGRAMME', { ...DEFAULT_PROGRAMME, spending, earning });
    await rule(tx, from, 'EARN', 'BASE', { ...ANY_SALE, rate: '1', growthRate: null });
    await rule(tx, from, 'EARN', 'COFFEE', { ...ANY_SALE, category: 'COFFEE', rate: '2', growthRate: null });
    await rule(tx, from, 'CAMPAIGN', 'DOUBLE', { ...PLAIN_CAMPAIGN, multiplier: '2' });
    await insertLadder(tx, {
      id: naturalId('ladder', GROUP, '1'),
      version: 1n,
      effectiveFrom: from,
      tiers: [{ code: 'BASE', rank: 1, earnMultiplier: '1' }],
    });
  });
}

function rule(tx: Tx, from: Date, kind: RuleRecord['kind'], code: string, terms: RuleRecord['terms']): Promise<void> {
  const id = naturalId('bench-rule', kind, code);
  const record: Omit<RuleRecord, 'kind' | 'terms'> = {
    ...{
      id,
      ruleId: id,
      code,
      version: 1n,
      effectiveFrom: from,
      effectiveTo: null,
      status: 'ACTIVE',
      publishedAt: from,
    },
    ...{ draftedBy: 'bench', draftedAt: from, approvedBy: 'bench', approvedAt: from },
    ...{ activatedBy: 'bench', activatedAt: from, endedBy: null, endedAt: null },
  };
  return insertRule(tx, { ...record, kind, terms } as RuleRecord);
}

const POINTS = 100_000;
const memberId = `(to_hex(${FIRST_BLOCK} + i / ${BLOCK}) || '-0000-7000-8000-' || lpad(to_hex(i % ${BLOCK}), 12, '0'))::uuid`;
/** A lot's id has its member's block in it too. */
const lotId = `(to_hex(${FIRST_BLOCK} + i / ${BLOCK}) || '-' || lpad(to_hex(k), 4, '0') || '-7000-8001-' || lpad(to_hex(i % ${BLOCK}), 12, '0'))::uuid`;
/** Version 7 ids of instants spread over the first half of 2026. */
const at = `(timestamptz '2026-01-05' + ((i::bigint * 7919 + k * 1000003) % 15000000) * interval '1 second')`;
const idAt = `(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0') || '70008002' || lpad(to_hex(i::bigint * 16 + k), 12, '0'))::uuid`;
const saleId = `('b0000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid`;
const end = (lapsed: boolean) => (lapsed ? `timestamptz '2026-09-01'` : `timestamptz '2099-12-31T16:00:00Z'`);

const tables = (p: Population): { table: string; sql: string }[] => {
  const members = `generate_series(0, ${p.members - 1}) as i`;
  const each = (count: number) => `${members}, generate_series(0, ${count - 1}) as k`;
  return [
    {
      table: 'account',
      sql: `insert into account (member_id, group_id, pending, available, held, debt, growth, frozen, version, updated_at)
        select ${memberId}, '${GROUP}', 0, ${p.lots * POINTS}, 0, 0, 100, false, 1, now() from ${members}`,
    },
    {
      table: 'lot',
      sql: `insert into lot (member_id, id, group_id, site_id, issued, pending, available, held, redeemed, expired, revoked, reinstated,
          earned_at, available_at, expires_at, purchase_id, merchant_id, funder_id, currency, source_kind, source_id)
        select ${memberId}, ${lotId}, '${GROUP}', '${MALL}', ${POINTS}, 0, ${POINTS}, 0, 0, 0, 0, 0,
          ${at}, ${at}, ${end(p.lapsed)}, ${saleId}, '${MERCHANT}', '${MERCHANT}', 'CNY', 'PURCHASE', ${saleId}
        from ${each(p.lots)}`,
    },
    {
      table: 'entry',
      sql: `insert into entry (member_id, id, group_id, site_id, kind, amount, debt_delta, available_after, occurred_at, posted_at,
          purchase_id, source_kind, source_id, explanation)
        select ${memberId}, ${idAt}, '${GROUP}', '${MALL}', case when k < ${p.lots} or (k - ${p.lots}) % 2 = 0 then 'EARN' else 'REDEEM' end,
          case when k < ${p.lots} then ${POINTS} when (k - ${p.lots}) % 2 = 0 then 500 else -500 end, 0, ${POINTS}, ${at}, ${at},
          ${saleId}, 'PURCHASE', ${saleId}, '[{"code": "ELIGIBLE", "value": "100.00", "args": {"currency": "CNY"}}]'
        from ${each(p.entries)}`,
    },
    {
      table: 'growth_entry',
      sql: `insert into growth_entry (member_id, id, group_id, site_id, amount, growth_after, occurred_at, posted_at, purchase_id)
        select ${memberId}, ${idAt}, '${GROUP}', '${MALL}', 100, 100, ${at}, ${at}, ${saleId} from ${each(1)}`,
    },
    {
      table: 'purchase_directory',
      sql: `insert into purchase_directory (purchase_id, group_id, member_id) select ${saleId}, '${GROUP}', ${memberId} from ${members}`,
    },
  ];
};

/** Replaces everything that members have. Indexes and keys are taken off meanwhile, and made again over the whole. */
export async function seedMembers(
  admin: Database,
  population: Population,
  report: (step: string) => void,
): Promise<void> {
  for (const { table, sql } of tables(population)) {
    // Truncated in the same transaction: with wal_level=minimal the rows are written once, not twice.
    await admin.dataSource.transaction(async (manager) => {
      await manager.query(`set local maintenance_work_mem = '1GB'`);
      await manager.query(`truncate ${table}`);
      await without(manager, table, () => manager.query(sql));
    });
    report(`${table} of ${population.members} members`);
  }
  await admin.dataSource.query('analyze');
  await admin.dataSource.query('checkpoint');
}

async function without(manager: EntityManager, table: string, load: () => Promise<unknown>): Promise<void> {
  const keys = (await manager.query(
    `select conname as name, pg_get_constraintdef(oid) as def from pg_constraint where conrelid = $1::regclass and contype = 'p'`,
    [table],
  )) as { name: string; def: string }[];
  for (const { name } of keys) await manager.query(`alter table ${table} drop constraint ${name}`);
  const indexes = (await manager.query(
    `select indexname as name, pg_get_indexdef(format('%I', indexname)::regclass) as def from pg_indexes
     where tablename = $1 and schemaname = 'public'`,
    [table],
  )) as { name: string; def: string }[];
  for (const { name } of indexes) await manager.query(`drop index ${name}`);
  await load();
  for (const { name, def } of keys) await manager.query(`alter table ${table} add constraint ${name} ${def}`);
  for (const { def } of indexes) await manager.query(def);
}
