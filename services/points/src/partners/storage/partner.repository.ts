import type { Page, Tx } from '@atrium/platform';
import { insertRows, updateRows } from '../../ledger/storage/rows';
import type { Direction, ExchangeRate } from '../domain/exchange';

export interface Partner {
  id: string;
  code: string;
  name: string;
  status: 'ACTIVE' | 'SUSPENDED';
}

export interface Exchange {
  id: string;
  memberId: string;
  partnerId: string;
  externalId: string;
  direction: 'ISSUE' | 'BURN';
  units: bigint;
  points: bigint;
  priceMinor: bigint;
  currency: string;
  rateId: string;
  businessDate: string;
  status: 'POSTED' | 'REVERSED';
  occurredAt: Date;
  postedAt: Date;
  reversedAt: Date | null;
}

/** By code. */
export const findPartners = (tx: Tx): Promise<Partner[]> =>
  tx.prepared('points.partner.all', `select id, code, name, status from partner where group_id = $1 order by code`, [
    tx.groupId,
  ]);

export async function findPartner(tx: Tx, id: string): Promise<Partner | null> {
  const [row] = await tx.prepared<Partner>(
    'points.partner.one',
    `select id, code, name, status from partner where group_id = $1 and id = $2`,
    [tx.groupId, id],
  );
  return row ?? null;
}

/** False when the code is taken. */
export async function insertPartner(tx: Tx, partner: Partner): Promise<boolean> {
  const { id, code, name, status } = partner;
  const row = { group_id: tx.groupId, id, code, name, status, created_at: tx.now };
  return (await insertRows(tx, 'partner', [row], 'on conflict do nothing')) > 0;
}

export async function setPartnerStatus(tx: Tx, id: string, status: Partner['status']): Promise<void> {
  await tx.prepared('points.partner.status', `update partner set status = $3 where group_id = $1 and id = $2`, [
    tx.groupId,
    id,
    status,
  ]);
}

interface RateRow extends Omit<ExchangeRate, 'issue' | 'burn'> {
  issue: Direction | null;
  burn: Direction | null;
}

export const findRates = (tx: Tx, partnerId: string): Promise<ExchangeRate[]> =>
  tx.prepared<RateRow>(
    'points.partner.rates',
    `select id, version, effective_from as "effectiveFrom", currency, issue, burn, min_points as "minPoints",
       max_points_per_day as "maxPointsPerDay" from partner_rate
     where group_id = $1 and partner_id = $2 order by version`,
    [tx.groupId, partnerId],
  );

/** The caller has the partner's rates to itself until the transaction ends. */
export async function lockRates(tx: Tx, partnerId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('points-partner' || $1::text, 0))`, [partnerId]);
}

export async function insertRate(tx: Tx, partnerId: string, rate: ExchangeRate, publishedBy: string): Promise<void> {
  await insertRows(tx, 'partner_rate', [
    {
      group_id: tx.groupId,
      partner_id: partnerId,
      id: rate.id,
      version: rate.version,
      effective_from: rate.effectiveFrom,
      currency: rate.currency,
      issue: rate.issue,
      burn: rate.burn,
      min_points: rate.minPoints,
      max_points_per_day: rate.maxPointsPerDay,
      published_by: publishedBy,
      published_at: tx.now,
    },
  ]);
}

const EXCHANGE = `id, member_id as "memberId", partner_id as "partnerId", external_id as "externalId", direction, units, points,
  price_minor as "priceMinor", currency, rate_id as "rateId", business_date as "businessDate", status,
  occurred_at as "occurredAt", posted_at as "postedAt", reversed_at as "reversedAt"`;

/** The exchange that a partner's number names. */
export async function findExchange(tx: Tx, partnerId: string, externalId: string): Promise<Exchange | null> {
  const [row] = await tx.prepared<Exchange>(
    'points.exchange.by-number',
    `select ${EXCHANGE} from partner_exchange
     where group_id = $1 and (member_id, id) = (select member_id, exchange_id from partner_exchange_directory
       where group_id = $1 and partner_id = $2 and external_id = $3)`,
    [tx.groupId, partnerId, externalId],
  );
  return row ?? null;
}

/** Points of a member's standing exchanges of one direction on a business day. */
export async function pointsOnDay(tx: Tx, exchange: Omit<Exchange, 'id'>): Promise<bigint> {
  const [row] = await tx.prepared<{ points: bigint }>(
    'points.exchange.of-day',
    `select coalesce(sum(points), 0)::bigint as points from partner_exchange
     where member_id = $1 and partner_id = $2 and business_date = $3 and direction = $4 and status = 'POSTED'
       and group_id = $5`,
    [exchange.memberId, exchange.partnerId, exchange.businessDate, exchange.direction, tx.groupId],
  );
  return row?.points ?? 0n;
}

/** The number first: two of the same cannot both pass. False when it is taken. */
export async function claimNumber(tx: Tx, exchange: Exchange): Promise<boolean> {
  const row = {
    group_id: tx.groupId,
    partner_id: exchange.partnerId,
    external_id: exchange.externalId,
    member_id: exchange.memberId,
    exchange_id: exchange.id,
  };
  return (await insertRows(tx, 'partner_exchange_directory', [row], 'on conflict do nothing')) > 0;
}

const toRow = (tx: Tx, e: Exchange) => ({
  member_id: e.memberId,
  id: e.id,
  group_id: tx.groupId,
  partner_id: e.partnerId,
  external_id: e.externalId,
  direction: e.direction,
  units: e.units,
  points: e.points,
  price_minor: e.priceMinor,
  currency: e.currency,
  rate_id: e.rateId,
  business_date: e.businessDate,
  status: e.status,
  occurred_at: e.occurredAt,
  posted_at: e.postedAt,
  reversed_at: e.reversedAt,
});

export async function insertExchange(tx: Tx, exchange: Exchange): Promise<void> {
  await insertRows(tx, 'partner_exchange', [toRow(tx, exchange)]);
}

export async function saveReversal(tx: Tx, exchange: Exchange): Promise<void> {
  await updateRows(tx, 'partner_exchange', ['member_id', 'id'], ['status', 'reversed_at'], [toRow(tx, exchange)]);
}

/** Newest first. */
export const findExchanges = (tx: Tx, memberId: string, page: Page): Promise<Exchange[]> =>
  tx.prepared(
    'points.exchange.page',
    `select ${EXCHANGE} from partner_exchange
     where member_id = $1 and group_id = $2 and ($3::timestamptz is null or (posted_at, id) < ($3, $4::uuid))
     order by posted_at desc, id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
