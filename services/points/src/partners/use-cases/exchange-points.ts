// Units of a partner become points, or points become units, at the rate of that instant. Each exchange is known for ever by the
// number that the partner gave it.
import { businessDate, err, minorDigits, naturalId, ok, type Result } from '@atrium/kernel';
import { findOrgNode, type Tx } from '@atrium/platform';
import { credit } from '../../ledger/domain/credit';
import { lifeOf } from '../../ledger/domain/expiry';
import type { Ledger } from '../../ledger/domain/ledger';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { programmeAt, type RuleVersion } from '../../programme/domain/rules';
import type { ProgrammeTerms } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { redeem, type Redemption, type SpendRefusal } from '../../spending/domain/redemption';
import { saveRedemptions } from '../../spending/storage/redemption.repository';
import { type Direction, type ExchangeRate, pointsFor, pointsNeeded, priceOf, rateAt } from '../domain/exchange';
import { publishExchange } from '../events/partner-events';
import {
  claimNumber,
  type Exchange,
  findExchange,
  findExchanges,
  findPartner,
  findRates,
  insertExchange,
  pointsOnDay,
} from '../storage/partner.repository';

export type { Exchange };

export const exchanges = findExchanges;

export interface ExchangeCommand {
  partnerId: string;
  /** The partner's own number. */
  externalId: string;
  memberId: string;
  direction: 'ISSUE' | 'BURN';
  units: bigint;
  occurredAt: Date | null;
}

export type ExchangeFault = 'NUMBER' | 'UNITS' | 'IN_THE_FUTURE' | 'NO_PROGRAMME' | 'TOO_LARGE';
export type ExchangeRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: ExchangeFault }
  | { code: 'NOT_EXCHANGED' }
  | { code: 'CONFLICT'; exchange: Exchange }
  | { code: 'BELOW_MINIMUM'; minimum: bigint }
  | { code: 'LIMIT_REACHED'; limit: bigint }
  | SpendRefusal;
export type ExchangeOutcome = { exchange: Exchange; duplicate: boolean };

const AHEAD_MAX_MS = 2 * 60_000;
/** Far beyond any exchange, far below the end of 64 bits. */
const UNITS_MAX = 1_000_000_000_000n;

export async function exchangePoints(
  tx: Tx,
  command: ExchangeCommand,
): Promise<Result<ExchangeOutcome, ExchangeRefusal>> {
  const { partnerId, externalId, memberId, direction, units } = command;
  const occurredAt = command.occurredAt ?? tx.now;
  const fault = faultOf(tx, command, occurredAt);
  if (fault) return err(fault);
  const partner = await findPartner(tx, partnerId);
  if (!partner) return err({ code: 'NOT_FOUND' });
  const known = await findExchange(tx, partnerId, externalId);
  if (known) return asBefore(known, command);
  const member = (await findMembers(tx, [memberId])).get(memberId);
  const home = member && (await findOrgNode(tx, member.homeMallId ?? tx.groupId ?? ''));
  if (!member || !home) return err({ code: 'NOT_FOUND' });
  const rate = rateAt(await findRates(tx, partnerId), occurredAt);
  const terms = direction === 'ISSUE' ? rate?.issue : rate?.burn;
  if (partner.status !== 'ACTIVE' || !rate || !terms) return err({ code: 'NOT_EXCHANGED' });
  const programme = programmeAt(await findRules(tx), occurredAt);
  if (!programme) return err({ code: 'INVALID_INPUT', path: ['occurredAt'], reason: 'NO_PROGRAMME' });

  const ledgers = await openLedgers(tx, [memberId], { lock: true, spending: direction === 'BURN' ? [memberId] : [] });
  const ledger = ledgers.get(memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  // Again, now that the member's other exchanges have ended.
  const meanwhile = await findExchange(tx, partnerId, externalId);
  if (meanwhile) return asBefore(meanwhile, command);
  const day = businessDate(occurredAt, home.timeZone, programme.terms.dayCutHour * 60);
  const exchange = planned(tx, { ...command, occurredAt }, rate, terms, day);
  const refusal = await limitOf(tx, exchange, rate);
  if (refusal) return err(refusal);
  const done = direction === 'ISSUE' ? issueTo(ledger, exchange, programme, home.timeZone) : burnFrom(ledger, exchange);
  if (!done.ok) return done;
  if (!(await claimNumber(tx, exchange))) {
    const other = await findExchange(tx, partnerId, externalId);
    if (!other) throw new Error('a claimed number names an exchange');
    return asBefore(other, command);
  }
  await saveRedemptions(tx, done.value);
  await insertExchange(tx, exchange);
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  await publishExchange(tx, exchange);
  return ok({ exchange, duplicate: false });

  function planned(
    { now, groupId }: Tx,
    { occurredAt: at }: { occurredAt: Date },
    { id: rateId, currency }: ExchangeRate,
    by: Direction,
    businessDay: string,
  ): Exchange {
    const points = direction === 'ISSUE' ? pointsFor(units, by) : pointsNeeded(units, by);
    return {
      id: naturalId('partner-exchange', groupId ?? '', partnerId, externalId),
      memberId,
      partnerId,
      externalId,
      direction,
      units,
      points,
      priceMinor: priceOf(points, by, 10n ** BigInt(minorDigits(currency))),
      currency,
      rateId,
      businessDate: businessDay,
      status: 'POSTED',
      occurredAt: at,
      postedAt: now,
      reversedAt: null,
    };
  }
}

function faultOf(tx: Tx, { externalId, units }: ExchangeCommand, occurredAt: Date): ExchangeRefusal | null {
  const invalid = (path: string, reason: ExchangeFault): ExchangeRefusal => ({
    code: 'INVALID_INPUT',
    path: [path],
    reason,
  });
  if (externalId === '' || externalId.length > 100) return invalid('externalId', 'NUMBER');
  if (units <= 0n) return invalid('units', 'UNITS');
  if (units > UNITS_MAX) return invalid('units', 'TOO_LARGE');
  return occurredAt.getTime() > tx.now.getTime() + AHEAD_MAX_MS ? invalid('occurredAt', 'IN_THE_FUTURE') : null;
}

/** The same number with the same content is the same exchange. */
function asBefore(exchange: Exchange, command: ExchangeCommand): Result<ExchangeOutcome, ExchangeRefusal> {
  const same =
    exchange.memberId === command.memberId &&
    exchange.direction === command.direction &&
    exchange.units === command.units &&
    (command.occurredAt === null || command.occurredAt.getTime() === exchange.occurredAt.getTime());
  return same ? ok({ exchange, duplicate: true }) : err({ code: 'CONFLICT', exchange });
}

async function limitOf(tx: Tx, exchange: Exchange, rate: ExchangeRate): Promise<ExchangeRefusal | null> {
  const minimum = rate.minPoints > 1n ? rate.minPoints : 1n;
  if (exchange.points < minimum) return { code: 'BELOW_MINIMUM', minimum };
  const limit = rate.maxPointsPerDay;
  if (limit === null) return null;
  return (await pointsOnDay(tx, exchange)) + exchange.points > limit ? { code: 'LIMIT_REACHED', limit } : null;
}

function issueTo(
  ledger: Ledger,
  exchange: Exchange,
  programme: RuleVersion<ProgrammeTerms>,
  zone: string,
): Result<Redemption[], never> {
  const { id, partnerId, points, occurredAt, currency } = exchange;
  credit(ledger, {
    source: { kind: 'PARTNER', id },
    mallId: null,
    currency,
    funderId: partnerId,
    points,
    growth: 0n,
    life: lifeOf(programme.terms, { earnedAt: occurredAt, zone, postedAt: ledger.now }),
    occurredAt,
    explanation: [exchanged(exchange)],
  });
  return ok([]);
}

function burnFrom(ledger: Ledger, exchange: Exchange): Result<Redemption[], SpendRefusal> {
  const { id, points: amount, occurredAt, priceMinor: minor, currency } = exchange;
  const redemption = redeem(ledger, {
    id,
    amount,
    source: { kind: 'PARTNER', id },
    mallId: null,
    merchantId: null,
    value: { minor, currency },
    occurredAt,
    explanation: [exchanged(exchange)],
  });
  return redemption.ok ? ok([redemption.value]) : redemption;
}

const exchanged = ({ units, rateId, points }: Exchange) => ({
  code: 'EXCHANGED' as const,
  value: points.toString(),
  ruleVersionId: rateId,
  args: { units: units.toString() },
});
