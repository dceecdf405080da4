// A coupon template: what a coupon is worth, where, for whom and at whose cost. Versions never change; coupons keep theirs.
import { isInt64 } from '@atrium/kernel';
import type { Validity } from './validity';

export type TemplateType = 'CASH' | 'PERCENT';

/** Empty lists do not narrow. */
export interface Scope {
  mallIds: string[];
  merchantIds: string[];
  storeIds: string[];
  categories: string[];
}

/** `party` is MALL, MERCHANT (the one where the coupon is redeemed) or the id of a named merchant. */
export interface FundingShare {
  party: string;
  shareBps: number;
}

export interface TemplateTerms {
  code: string;
  type: TemplateType;
  names: Record<string, string>;
  descriptions: Record<string, string>;
  currency: string;
  faceMinor: bigint | null;
  percentOffBps: number | null;
  maxOffMinor: bigint | null;
  thresholdMinor: bigint;
  scope: Scope;
  validity: Validity;
  effectiveFrom: Date;
  effectiveTo: Date | null;
  /** How many of this version can be claimed; null for no limit. */
  stock: bigint | null;
  claimLimit: number;
  funding: FundingShare[];
  grantOnTier: string[];
  claimable: boolean;
  /** Tiers that may claim; empty for all. */
  tiers: string[];
  /** At most one coupon of each stack category in one checkout. */
  stackCategory: string;
}

export interface TemplateVersion extends TemplateTerms {
  id: string;
  version: bigint;
  /** The mall that published it; null for the group. */
  mallId: string | null;
  timeZone: string;
}

export interface TermsProblem {
  path: string[];
  reason: string;
}

const WHOLE_BPS = 10_000;
const CODE = /^[A-Z0-9][A-Z0-9_-]{0,63}$/;

/** The first rule that the terms break, or null. */
export function problemOf(terms: TemplateTerms): TermsProblem | null {
  const problem = (reason: string, ...path: string[]): TermsProblem => ({ path, reason });
  if (!CODE.test(terms.code)) return problem('a code is 1 to 64 capitals, digits, dashes or underscores', 'code');
  if (Object.keys(terms.names).length === 0) return problem('at least one name is needed', 'names');
  if (terms.type === 'CASH') {
    if (terms.faceMinor === null || terms.faceMinor <= 0n) return problem('must be more than 0', 'faceAmount');
    if (terms.percentOffBps !== null) return problem('only for PERCENT', 'percentOffBps');
    if (terms.maxOffMinor !== null) return problem('only for PERCENT', 'maxOff');
  } else {
    if (terms.faceMinor !== null) return problem('only for CASH', 'faceAmount');
    if (terms.percentOffBps === null || terms.percentOffBps < 1 || terms.percentOffBps > WHOLE_BPS) {
      return problem('must be between 1 and 10000', 'percentOffBps');
    }
    if (terms.maxOffMinor !== null && terms.maxOffMinor <= 0n) return problem('must be more than 0', 'maxOff');
  }
  if (terms.thresholdMinor < 0n || !isInt64(terms.thresholdMinor)) return problem('must not be negative', 'threshold');
  if (terms.effectiveTo !== null && terms.effectiveTo <= terms.effectiveFrom) {
    return problem('must be after effectiveFrom', 'effectiveTo');
  }
  if (terms.stock !== null && terms.stock < 0n) return problem('must not be negative', 'stock');
  if (terms.claimLimit < 1) return problem('must be at least 1', 'claimLimitPerMember');
  return problemOfFunding(terms.funding) ?? problemOfValidity(terms.validity);
}

function problemOfFunding(funding: readonly FundingShare[]): TermsProblem | null {
  if (funding.some(({ shareBps }) => shareBps < 1)) return { path: ['funding'], reason: 'a share is at least 1' };
  if (new Set(funding.map(({ party }) => party)).size !== funding.length) {
    return { path: ['funding'], reason: 'a party stands there twice' };
  }
  const sum = funding.reduce((total, { shareBps }) => total + shareBps, 0);
  return sum === WHOLE_BPS ? null : { path: ['funding'], reason: 'the shares must sum to 10000' };
}

const MAX_DAYS = 3_660;

function problemOfValidity(validity: Validity): TermsProblem | null {
  if (validity.kind === 'FIXED') {
    return validity.until > validity.from ? null : { path: ['validity', 'until'], reason: 'must be after from' };
  }
  if (validity.startDelayDays < 0 || validity.startDelayDays > MAX_DAYS) {
    return { path: ['validity', 'startDelayDays'], reason: 'must be between 0 and 3660' };
  }
  return validity.days >= 1 && validity.days <= MAX_DAYS
    ? null
    : { path: ['validity', 'days'], reason: 'must be between 1 and 3660' };
}

/**
 * The version that holds at an instant: the newest of those that have begun. A newer version that has ended does not bring
 * an older one back.
 */
export function versionAt<V extends { version: bigint; effectiveFrom: Date; effectiveTo: Date | null }>(
  versions: readonly V[],
  at: Date,
): V | null {
  const begun = versions.filter(({ effectiveFrom }) => effectiveFrom <= at);
  const newest = begun.reduce<V | null>((best, v) => (best === null || v.version > best.version ? v : best), null);
  return newest && (newest.effectiveTo === null || newest.effectiveTo > at) ? newest : null;
}

/** Whether a store lies in the scope, leaving categories aside. `path` is group > mall > merchant > store. */
export function coversStore(scope: Scope, path: readonly string[]): boolean {
  const [, mallId, merchantId, storeId] = path;
  const covers = (ids: readonly string[], id: string | undefined) =>
    ids.length === 0 || (id !== undefined && ids.includes(id));
  return covers(scope.mallIds, mallId) && covers(scope.merchantIds, merchantId) && covers(scope.storeIds, storeId);
}
