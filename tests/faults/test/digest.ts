import type { ServiceName } from '@atrium/contracts';
import type { LocalState } from '@atrium/testkit';
import { Client } from 'pg';

export async function query<R extends object = Record<string, unknown>>(
  state: LocalState,
  service: ServiceName,
  sql: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new Client({ connectionString: state.databases[service] });
  await client.connect();
  try {
    return (await client.query<R>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

// The demo's own sale is of the day of the test.
const IMPORTED = `timestamptz '2020-01-01'`;

const PARTS: [string, ServiceName, string][] = [
  [
    'accounts',
    'points',
    `select available::text, held::text, debt::text, growth::text, count(*)::int as members from account group by 1, 2, 3, 4`,
  ],
  [
    'tier changes',
    'tier',
    `select effective_at, to_code, cause, count(*)::int as members from tier_change
     where superseded_at is null and cause <> 'JOINED' and effective_at < ${IMPORTED} group by 1, 2, 3`,
  ],
  [
    'postings',
    'merchant-settlement',
    `select merchant_id, account, sum(debit_minor)::text as debit, sum(credit_minor)::text as credit
     from (select p.merchant_id, l.account, p.source_id,
             greatest(sum(l.debit_minor - l.credit_minor), 0) as debit_minor, greatest(sum(l.credit_minor - l.debit_minor), 0) as credit_minor
           from posting p join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id group by 1, 2, 3) s
     group by 1, 2`,
  ],
  [
    'sales',
    'merchant-settlement',
    `select merchant_id, status, count(*)::int as sales, sum(paid_minor)::text as paid from purchase group by 1, 2`,
  ],
  ['coupons', 'coupon', `select template_id, status, cause, count(*)::int as coupons from coupon group by 1, 2, 3`],
  ['messages', 'messaging', `select template_code, channel, count(*)::int as messages from message group by 1, 2`],
];

export type Digest = Record<string, string[]>;

/**
 * What every member, merchant and message table comes to. Members' ids are made anew in each graph, so members are counted by
 * what they have; merchants' ids follow from their codes. A sale's postings are summed first: a correction on the way (a tier
 * that became known later) may take another number of postings to the same sum.
 */
export async function digest(state: LocalState): Promise<Digest> {
  const parts: Digest = {};
  for (const [name, service, sql] of PARTS) {
    parts[name] = (await query(state, service, sql)).map((row) => JSON.stringify(row)).sort();
  }
  return parts;
}
