import { CheckoutReservedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import type { Caller } from '@atrium/platform';
import { startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { type SettlementApp, settlementService } from '../src/app';

export const SOURCE = 'POS';
export const mallId = naturalId('mall', TEST_GROUP, 'north');
export const merchantId = naturalId('merchant', TEST_GROUP, 'north', 'm01');
export const otherMerchantId = naturalId('merchant', TEST_GROUP, 'north', 'm02');
export const storeId = naturalId('store', TEST_GROUP, '101');
export const otherStoreId = naturalId('store', TEST_GROUP, '102');
export const farStoreId = naturalId('store', TEST_GROUP, '201');
export const memberId = naturalId('member', 'her');
export const BLIND_INDEX_KEY = 'a key for tests only';

export const purchaseId = (externalId: string) => naturalId('purchase', TEST_GROUP, SOURCE, externalId);

export const service: Partial<Caller> = {
  kind: 'SERVICE',
  id: 'setup',
  permissions: [
    'organisation:manage',
    'contract:manage',
    'contract:read',
    'purchase:record',
    'purchase:refund',
    'purchase:read',
    'settlement:read',
  ],
};
export const till: Partial<Caller> = { kind: 'TILL', id: 'till-101', storeId };
export const member: Partial<Caller> = { kind: 'MEMBER', id: memberId, memberId };

export type Settlement = TestService<SettlementApp>;

/** A group with two malls; merchants m01 (with the contract of the worked examples) and m02 in the first. */
export async function startSettlement(config: object = {}): Promise<Settlement> {
  const settlement = await startTestService(settlementService, { config: { BLIND_INDEX_KEY, ...config } });
  const as = settlement.as(service);
  const made = await as.ask<Record<string, { __typename: string }>>(`mutation {
    group: createMallGroup(input: { idempotencyKey: "g", code: "TEST", name: "Test", timeZone: "Asia/Shanghai", currency: "CNY" }) { __typename }
    north: createMall(input: { idempotencyKey: "n", code: "north", name: "North", timeZone: "Asia/Shanghai", currency: "CNY" }) { __typename }
    south: createMall(input: { idempotencyKey: "s", code: "south", name: "South", timeZone: "Europe/Berlin", currency: "EUR", dayCut: "00:00" }) { __typename }
    m01: createMerchant(input: { idempotencyKey: "1", mallId: "${mallId}", code: "m01", name: "Noodles" }) { __typename }
    m02: createMerchant(input: { idempotencyKey: "2", mallId: "${mallId}", code: "m02", name: "Books" }) { __typename }
    m21: createMerchant(input: { idempotencyKey: "3", mallId: "${naturalId('mall', TEST_GROUP, 'south')}", code: "m21", name: "Brot" }) { __typename }
    s101: createStore(input: { idempotencyKey: "4", merchantId: "${merchantId}", code: "101", name: "Noodles 1" }) { __typename }
    s102: createStore(input: { idempotencyKey: "5", merchantId: "${otherMerchantId}", code: "102", name: "Books 1" }) { __typename }
    s201: createStore(input: { idempotencyKey: "6", merchantId: "${naturalId('merchant', TEST_GROUP, 'south', 'm21')}", code: "201", name: "Brot 1" }) { __typename }
    a: publishContract(input: { idempotencyKey: "7", merchantId: "${merchantId}", effectiveFrom: "2020-01-01T00:00:00Z", pointUnitValue: "0.01", pointPriceAtEarn: "0.008", burnShareBps: 1000, couponShareBps: 4000 }) { __typename }
  }`);
  for (const [name, { __typename }] of Object.entries(made)) {
    if (!__typename.endsWith('Success')) throw new Error(`${name}: ${__typename}`);
  }
  return settlement;
}

const PARTS = `__typename
  ... on RecordPurchaseSuccess { duplicate purchase { id status businessDate paid { amount currency } refunded { amount } } }
  ... on UserError { code message remedy }
  ... on InvalidInputError { path }
  ... on PurchaseConflictError { purchase { id } }`;

export const RECORD = `mutation ($input: RecordPurchaseInput!) { recordPurchase(input: $input) { ${PARTS} } }`;
export const RECORD_MANY = `mutation ($input: RecordPurchasesInput!) { recordPurchases(input: $input) { ${PARTS} } }`;
export const REFUND = `mutation ($input: RefundPurchaseInput!) { refundPurchase(input: $input) {
  __typename
  ... on RefundPurchaseSuccess { duplicate purchase { id status refunded { amount } } refund { amount { amount } cash { amount } pointsDeduction { amount } points } }
  ... on RefundParked { externalId until }
  ... on UserError { code message }
  ... on InvalidInputError { path }
  ... on RefundExceedsPurchaseError { left { amount } } } }`;

export interface RecordReply {
  __typename: string;
  duplicate?: boolean;
  purchase?: { id: string; status: string; businessDate: string; paid: { amount: string; currency: string } };
  code?: string;
  path?: string[];
  message?: string;
}

export interface RefundReply {
  __typename: string;
  duplicate?: boolean;
  purchase?: { id: string; status: string; refunded: { amount: string } };
  refund?: {
    amount: { amount: string };
    cash: { amount: string };
    pointsDeduction: { amount: string };
    points: string;
  };
  left?: { amount: string };
  until?: string;
  path?: string[];
}

export const cny = (amount: string) => ({ amount, currency: 'CNY' });
export const line = (lineNo: number, gross: string, more: object = {}) => ({
  lineNo,
  sku: `sku-${lineNo}`,
  category: 'FOOD',
  quantity: '1',
  gross: cny(gross),
  ...more,
});
export const sale = (externalId: string, more: object = {}) => ({
  sourceSystem: SOURCE,
  externalId,
  storeId,
  occurredAt: '2026-03-10T03:00:00Z',
  lines: [line(1, '100.00')],
  ...more,
});

export const record = async (s: Settlement, input: object, caller: Partial<Caller> = till): Promise<RecordReply> =>
  (await s.as(caller).ask<{ recordPurchase: RecordReply }>(RECORD, { input })).recordPurchase;

export const refund = async (s: Settlement, input: object, caller: Partial<Caller> = till): Promise<RefundReply> =>
  (await s.as(caller).ask<{ refundPurchase: RefundReply }>(REFUND, { input })).refundPurchase;

export const refundOf = (externalId: string, purchaseExternalId: string, more: object = {}) => ({
  sourceSystem: SOURCE,
  externalId,
  purchaseExternalId,
  occurredAt: '2026-03-10T03:30:00Z',
  ...more,
});

/** A basket of 120.00 - 20.00 tier discount - 30.00 for 3000 points = 70.00, reserved for her at store 101. */
export async function reserve(s: Settlement, name: string, mall = mallId): Promise<string> {
  const checkoutId = naturalId('checkout', name);
  await s.deliver(
    CheckoutReservedSchema,
    {
      checkoutId,
      memberId,
      storeId,
      merchantId,
      mallId: mall,
      currency: 'CNY',
      toPayMinor: 7_000n,
      pointsUsed: 3_000n,
      pointsValueMinor: 3_000n,
      reservedUntil: '2026-03-10T04:15:00Z',
      lines: [
        {
          lineNo: 1,
          sku: 'a',
          category: 'FOOD',
          quantity: '1',
          grossMinor: 12_000n,
          tierDiscountMinor: 2_000n,
          pointsValueMinor: 3_000n,
          toPayMinor: 7_000n,
        },
      ],
    },
    { aggregateId: checkoutId, ownerId: memberId, occurredAt: s.clock.now() },
  );
  return checkoutId;
}

/** What an obligation says was posted, against the postings of its source: kinds begin with the obligation's kind. */
const POSTED_IS_THE_LEDGER = `
  with ledger as (
    select p.merchant_id, p.source_id, l.account, sum(l.debit_minor - l.credit_minor) as amount,
      (select k from unnest(array['EARN', 'BURN', 'COUPON', 'TIER_DISCOUNT', 'EXPIRY', 'DEBT', 'ADJUST', 'CREDIT', 'REINSTATE',
        'REDEEM', 'EXCHANGE']) k where p.kind like k || '%') as kind
    from posting p join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id group by 1, 2, 3, 5
  ), stated as (
    select merchant_id, source_id, kind, e.key as account, e.value::bigint as amount from obligation, jsonb_each_text(posted) e
  )
  select * from stated full join ledger using (merchant_id, source_id, kind, account)
  where coalesce(stated.amount, 0) <> coalesce(ledger.amount, 0)`;

/** Debit less credit of each account of a merchant, from the rows themselves; every posting must balance. */
export async function ledgerOf(s: Settlement, merchant: string): Promise<Record<string, string>> {
  const off = await s.admin.dataSource.query(
    `select posting_id from posting_line group by posting_id having sum(debit_minor) <> sum(credit_minor)`,
  );
  if (off.length > 0) throw new Error(`${off.length} postings do not balance`);
  const drift = await s.admin.dataSource.query(POSTED_IS_THE_LEDGER);
  if (drift.length > 0) throw new Error(`what is kept as posted is not what the ledger says: ${JSON.stringify(drift)}`);
  const rows: { account: string; net: string }[] = await s.admin.dataSource.query(
    `select account, sum(debit_minor - credit_minor)::text as net from posting_line where merchant_id = $1
     group by account having sum(debit_minor - credit_minor) <> 0 order by account`,
    [merchant],
  );
  return Object.fromEntries(rows.map(({ account, net }) => [account, net]));
}
