// Staff name the partners, and at which rate points are exchanged from when on.
import { compare, err, naturalId, ok, parseRational, type Result, uuidv7, ZERO } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import type { Direction, ExchangeRate } from '../domain/exchange';
import {
  findPartner,
  findPartners,
  findRates,
  insertPartner,
  insertRate,
  lockRates,
  type Partner,
  setPartnerStatus,
} from '../storage/partner.repository';

export type { ExchangeRate, Partner };
export type PartnerFault = 'CODE' | 'NAME' | 'NO_DIRECTION' | 'NOT_POSITIVE' | 'NEGATIVE' | 'TAKEN';
export type PartnerRefusal = { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; path: string[]; reason: PartnerFault };
type Answer<T> = Promise<Result<T, PartnerRefusal | IdempotencyRefusal>>;

interface Submission {
  key: string;
  actor: string;
}

const CODE = /^[A-Z0-9][A-Z0-9_-]{0,31}$/;
const invalid = (path: string, reason: PartnerFault) =>
  err<PartnerRefusal>({ code: 'INVALID_INPUT', path: path.split('.'), reason });

export const partners = findPartners;
export const partnerRates = findRates;

export async function registerPartner(
  tx: Tx,
  { key, actor, code, name }: Submission & { code: string; name: string },
): Answer<Partner> {
  return idempotent<Partner, PartnerRefusal>(
    tx,
    { key, operation: 'registerPartner', actor, input: { code, name } },
    async () => {
      if (!CODE.test(code)) return invalid('code', 'CODE');
      if (name.trim() === '' || name.length > 100) return invalid('name', 'NAME');
      const id = naturalId('points-partner', tx.groupId ?? '', code);
      const partner: Partner = { id, code, name: name.trim(), status: 'ACTIVE' };
      return (await insertPartner(tx, partner)) ? ok(partner) : invalid('code', 'TAKEN');
    },
  );
}

/** A suspended partner exchanges nothing; what it has exchanged can still be reversed. */
export async function suspendPartner(
  tx: Tx,
  { key, actor, partnerId, suspended }: Submission & { partnerId: string; suspended: boolean },
): Answer<Partner> {
  return idempotent<Partner, PartnerRefusal>(
    tx,
    { key, operation: 'suspendPartner', actor, input: { partnerId, suspended } },
    async () => {
      const partner = await findPartner(tx, partnerId);
      if (!partner) return err({ code: 'NOT_FOUND' });
      const status = suspended ? 'SUSPENDED' : 'ACTIVE';
      await setPartnerStatus(tx, partnerId, status);
      return ok({ ...partner, status });
    },
  );
}

export type NewRate = Omit<ExchangeRate, 'id' | 'version'>;

export async function publishPartnerRate(
  tx: Tx,
  { key, actor, partnerId, rate }: Submission & { partnerId: string; rate: NewRate },
): Answer<ExchangeRate> {
  return idempotent<ExchangeRate, PartnerRefusal>(
    tx,
    { key, operation: 'publishPartnerRate', actor, input: { partnerId, rate } },
    async () => {
      if (!(await findPartner(tx, partnerId))) return err({ code: 'NOT_FOUND' });
      const fault = faultOf(rate);
      if (fault) return fault;
      await lockRates(tx, partnerId);
      const version =
        (await findRates(tx, partnerId)).reduce((last, known) => (known.version > last ? known.version : last), 0n) +
        1n;
      const published: ExchangeRate = { ...rate, id: uuidv7(tx.now), version };
      await insertRate(tx, partnerId, published, actor);
      return ok(published);
    },
  );
}

function faultOf({ issue, burn, minPoints, maxPointsPerDay }: NewRate) {
  if (!issue && !burn) return invalid('issue', 'NO_DIRECTION');
  const directions: [string, Direction | null][] = [
    ['issue', issue],
    ['burn', burn],
  ];
  for (const [path, direction] of directions) {
    if (!direction) continue;
    if (signOf(direction.pointsPerUnit) <= 0) return invalid(`${path}.pointsPerUnit`, 'NOT_POSITIVE');
    if (signOf(direction.pricePerPoint) < 0) return invalid(`${path}.pricePerPoint`, 'NEGATIVE');
  }
  if (minPoints < 0n) return invalid('minPoints', 'NEGATIVE');
  return maxPointsPerDay !== null && maxPointsPerDay <= 0n ? invalid('maxPointsPerDay', 'NOT_POSITIVE') : null;
}

const signOf = (decimal: string): number => compare(parseRational(decimal) ?? ZERO, ZERO);
