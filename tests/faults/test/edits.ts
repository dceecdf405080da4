import type { ServiceName } from '@atrium/contracts';
import type { LocalState } from '@atrium/testkit';
import { query } from './digest';

export interface Edit {
  what: string;
  /** Invariants that the check must name, and no other. */
  breaks: string[];
  /** Edits as a superuser would, past every rule of the application; resolves with the way back. */
  make(state: LocalState): Promise<() => Promise<void>>;
}

/** Adds to columns of one row. */
const shifted = (
  service: ServiceName,
  table: string,
  columns: string[],
  breaks: string[],
  options: { by?: string; where?: string; without?: string } = {},
): Edit => ({
  what: `${service}: ${table}.${columns.join(' and ')}`,
  breaks,
  async make(state) {
    const run = (sql: string, values: unknown[] = []) => query<Record<string, string>>(state, service, sql, values);
    const add = (sign: string, where: string, values: unknown[] = []) =>
      run(
        `update ${table} set ${columns.map((column) => `${column} = ${column} ${sign} ${options.by ?? '1'}`).join(', ')}
         where (tableoid, ctid) = (${where}) returning tableoid::text as part, ctid::text as place`,
        values,
      );
    const constraint = options.without;
    const [rule] = constraint
      ? await run(`select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1`, [constraint])
      : [];
    if (constraint) await run(`alter table ${table} drop constraint ${constraint}`);
    const [edited] = await add(
      '+',
      `select tableoid, ctid from ${table} where ${options.where ?? 'true'} order by ctid limit 1`,
    );
    if (!edited) throw new Error(`${table} of ${service} has no row to edit`);
    return async () => {
      await add('-', '$1::oid, $2::tid', [edited['part'], edited['place']]);
      if (constraint) await run(`alter table ${table} add constraint ${constraint} ${rule?.['text']}`);
    };
  },
});

/** Takes one row away. */
const removed = (service: ServiceName, table: string, breaks: string[], where: string): Edit => ({
  what: `${service}: a row of ${table} removed`,
  breaks,
  async make(state) {
    await query(state, service, `create table kept_${table} as select * from ${table} where ${where} limit 1`);
    const gone = await query(
      state,
      service,
      `delete from ${table} t using kept_${table} k where t.event_id = k.event_id and t::text = k::text returning 1`,
    );
    if (gone.length !== 1) throw new Error(`${gone.length} rows of ${table} were removed`);
    return async () => {
      const value = table === 'outbox' ? 'overriding system value' : '';
      await query(state, service, `insert into ${table} ${value} select * from kept_${table}`);
      await query(state, service, `drop table kept_${table}`);
    };
  },
});

const PARTS_RULE = 'lot_parts_sum_to_issued';

export const EDITS: Edit[] = [
  shifted('points', 'entry', ['amount'], ['I1'], { where: 'amount > 0' }),
  shifted('points', 'account', ['available'], ['I1']),
  shifted('points', 'account', ['growth'], ['I1']),
  shifted('points', 'lot', ['issued', 'available'], ['I1', 'I12']),
  shifted('points', 'lot', ['issued'], ['I1', 'I13'], { without: PARTS_RULE }),
  shifted('merchant-settlement', 'posting_line', ['debit_minor'], ['I1', 'I12'], {
    where: `debit_minor > 0 and account = 'RECEIVABLE'`,
  }),
  shifted('merchant-settlement', 'purchase', ['paid_minor'], ['I12'], { where: `source_system = 'TILL-EXPORT'` }),
  shifted('coupon', 'coupon_stock_slot', ['stock_left'], ['I6']),
  shifted('tier', 'tier_change', ['effective_at'], ['I12'], { by: `interval '1 day'`, where: `cause = 'QUALIFIED'` }),
  removed('merchant-settlement', 'outbox', ['I5'], `subject like '%.PurchaseRecorded.%'`),
  removed('points', 'inbox', ['I5'], `consumer = 'points-on-purchase-recorded'`),
];
