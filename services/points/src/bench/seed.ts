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
  /** Whether the first lot of each has lapsed already. */
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
const end = (lapsed: boolean) =>
  lapsed
    ? `case when k = 0 then timestamptz '2026-09-01' else timestamptz '2099-12-31T16:00:00Z' end`
    : `timestamptz '2099-12-31T16:00:00Z'`;

interface Rows {
  table: string;
  /** Rows for each member, numbered by `k`. */
  each: number;
  /** Column -> expression of `i`, the member's number, and `k`. */
  columns: Record<string, string>;
}

const common = { member_id: memberId, group_id: `'${GROUP}'::uuid` };
const posted = { occurred_at: at, posted_at: at, purchase_id: saleId };
const source = { source_kind: `'PURCHASE'`, source_id: saleId };

const tables = ({ lots, entries, lapsed }: Population): Rows[] => [
  { table: 'member', each: 1, columns: { ...common, joined_at: `timestamptz '2026-01-01'` } },
  {
    table: 'account',
    each: 1,
    columns: { ...common, available: `${lots * POINTS}`, growth: '100', version: '1', updated_at: 'now()' },
  },
  {
    table: 'lot',
    each: lots,
    columns: {
      ...{ ...common, ...source, id: lotId, site_id: `'${MALL}'::uuid`, issued: `${POINTS}`, available: `${POINTS}` },
      ...{
        alive: 'true',
        earned_at: at,
        available_at: at,
        expires_at: end(lapsed),
        purchase_id: saleId,
        currency: `'CNY'`,
      },
      ...{ merchant_id: `'${MERCHANT}'::uuid`, funder_id: `'${MERCHANT}'::uuid` },
    },
  },
  {
    table: 'entry',
    each: entries,
    columns: {
      ...{ ...common, ...source, ...posted, id: idAt, site_id: `'${MALL}'::uuid`, available_after: `${POINTS}` },
      kind: `case when k < ${lots} or (k - ${lots}) % 2 = 0 then 'EARN' else 'REDEEM' end`,
      amount: `case when k < ${lots} then ${POINTS} when (k - ${lots}) % 2 = 0 then 500 else -500 end`,
      explanation: `'[{"code": "ELIGIBLE", "value": "100.00", "args": {"currency": "CNY"}}]'::jsonb`,
    },
  },
  {
    table: 'growth_entry',
    each: 1,
    columns: { ...common, ...posted, id: idAt, site_id: `'${MALL}'::uuid`, amount: '100', growth_after: '100' },
  },
  // Each has bought and has paid with points: tables are planned for as they will be, not as they begin.
  {
    table: 'purchase_earn',
    each: 1,
    columns: {
      ...{
        ...common,
        ...posted,
        site_id: `'${MALL}'::uuid`,
        merchant_id: `'${MERCHANT}'::uuid`,
        zone: `'Asia/Shanghai'`,
      },
      ...{ store_id: `'${STORE}'::uuid`, currency: `'CNY'`, earned: `${POINTS}`, growth_earned: '100', version: '1' },
      inputs: `'{"currency": "CNY", "lines": []}'::jsonb`,
    },
  },
  {
    table: 'hold',
    each: 1,
    columns: {
      ...{ ...common, id: idAt, site_id: `'${MALL}'::uuid`, checkout_id: idAt, points: '100', value_minor: '100' },
      ...{ status: `'CAPTURED'`, captured: '100', expires_at: at, created_at: at, updated_at: at },
    },
  },
  { table: 'purchase_directory', each: 1, columns: { ...common, purchase_id: saleId } },
  {
    table: 'redemption',
    each: 1,
    columns: {
      ...{ ...common, id: `md5(i::text)::uuid`, site_id: `'${MALL}'::uuid`, points: '100', value_minor: '100' },
      ...{ source_kind: `'POS'`, source_id: 'i::text', occurred_at: at, posted_at: at },
    },
  },
  {
    table: 'idempotency_key',
    each: 1,
    columns: {
      ...{ group_id: `'${GROUP}'::uuid`, actor: `'bench'`, operation: `'redeemPoints'`, key: `md5(i::text)` },
      ...{ input_hash: `decode(md5(i::text), 'hex')`, answer: `'{"text": "null"}'::jsonb`, created_at: at },
    },
  },
];

/** What must be there but says nothing here. */
const NOTHING: Record<string, string> = {
  bigint: '0',
  integer: '0',
  boolean: 'false',
  text: `''`,
  jsonb: `'[]'::jsonb`,
  'timestamp with time zone': 'now()',
};

async function insertion(manager: EntityManager, { table, each, columns }: Rows, members: number): Promise<string> {
  const needed = (await manager.query(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_nullable = 'NO' and column_default is null`,
    [table],
  )) as { name: string; type: string }[];
  const all = { ...Object.fromEntries(needed.map(({ name, type }) => [name, NOTHING[type] ?? 'null'])), ...columns };
  return `insert into ${table} (${Object.keys(all).join(', ')}) select ${Object.values(all).join(', ')}
    from generate_series(0, ${members - 1}) as i, generate_series(0, ${each - 1}) as k`;
}

/** Replaces everything that members have. Indexes and keys are taken off meanwhile, and made again over the whole. */
export async function seedMembers(
  admin: Database,
  population: Population,
  report: (step: string) => void,
): Promise<void> {
  const waiting = tables(population);
  const fill = async () => {
    for (let rows = waiting.shift(); rows; rows = waiting.shift())
      await fillTable(admin, rows, population.members, report);
  };
  await Promise.all([fill(), fill()]);
  await admin.dataSource.query('vacuum analyze');
  await admin.dataSource.query('checkpoint');
}

async function fillTable(admin: Database, rows: Rows, members: number, report: (step: string) => void): Promise<void> {
  const { table } = rows;
  // Truncated in the same transaction: with wal_level=minimal the rows are written once, not twice.
  await admin.dataSource.transaction(async (manager) => {
    await manager.query(`set local maintenance_work_mem = '1GB'`);
    await manager.query(`truncate ${table}`);
    const sql = await insertion(manager, rows, members);
    await without(manager, table, () => manager.query(sql));
  });
  report(`${table} of ${members} members`);
}

async function without(manager: EntityManager, table: string, load: () => Promise<unknown>): Promise<void> {
  const keys = (await manager.query(
    `select conname as name, pg_get_constraintdef(oid) as def from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'x')`,
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
  // Of a partitioned table, the index of all partitions.
  for (const { def } of indexes) await manager.query(def.replace(' ON ONLY ', ' ON '));
}
