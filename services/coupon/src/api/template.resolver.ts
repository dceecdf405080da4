import { err, ok, parseMoney, type Result } from '@atrium/kernel';
import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  type Locale,
  LOCALES,
  make,
  NotFoundError,
  PointsAmountScalar,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PublishTemplate } from '../use-cases/publish-template';
import type { CouponContext } from './context';
import { CouponTemplate, toTemplate } from './coupon.type';
import {
  CouponValidityKind,
  PauseCouponTemplateInput,
  PublishCheckoutPolicyInput,
  PublishCouponTemplateInput,
} from './template.input';
import { refuse } from './texts';

type Terms = PublishTemplate['terms'];
type Problem = { path: string[]; reason: string };

@ObjectType()
class PublishCouponTemplateSuccess {
  @Field(() => CouponTemplate)
  template: CouponTemplate;
}

const PublishCouponTemplateResult = createUnionType({
  name: 'PublishCouponTemplateResult',
  types: () =>
    [
      PublishCouponTemplateSuccess,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@ObjectType()
class PauseCouponTemplateSuccess {
  @Field(() => CouponTemplate)
  template: CouponTemplate;
}

const PauseCouponTemplateResult = createUnionType({
  name: 'PauseCouponTemplateResult',
  types: () => [PauseCouponTemplateSuccess, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});

@ObjectType()
class PublishCheckoutPolicySuccess {
  @Field(() => PointsAmountScalar)
  version: bigint;
}

const PublishCheckoutPolicyResult = createUnionType({
  name: 'PublishCheckoutPolicyResult',
  types: () => [PublishCheckoutPolicySuccess, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});

const RETRY_AFTER_MS = 500;

function refuseAdmin(
  error: { code: 'INVALID_INPUT'; problem: Problem } | { code: 'IDEMPOTENCY_CONFLICT' } | { code: 'IN_PROGRESS' },
  locale: Locale,
) {
  switch (error.code) {
    case 'INVALID_INPUT': {
      const { path, reason } = error.problem;
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path }, { reason });
    }
    default:
      return refuseKey(error, locale);
  }
}

const refuseKey = (error: { code: 'IDEMPOTENCY_CONFLICT' } | { code: 'IN_PROGRESS' }, locale: Locale) =>
  error.code === 'IN_PROGRESS'
    ? refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_AFTER_MS })
    : refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});

@Resolver()
export class TemplateResolver {
  @Mutation(() => PublishCouponTemplateResult, {
    description: 'A new version of a coupon template. Coupons that were issued keep the version they have.',
  })
  async publishCouponTemplate(
    @Arg('input', () => PublishCouponTemplateInput) input: PublishCouponTemplateInput,
    @Ctx() { app, caller, load, locale }: CouponContext,
  ): Promise<typeof PublishCouponTemplateResult> {
    requireTenant(caller);
    const terms = toTerms(input);
    if (!terms.ok) return refuseAdmin({ code: 'INVALID_INPUT', problem: terms.error }, locale);
    const { idempotencyKey: key, nodeId = null } = input;
    const result = await app.publishTemplate(caller, { key, nodeId, terms: terms.value });
    if (!result.ok) {
      if (result.error.code === 'NOT_FOUND') return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      return refuseAdmin(result.error, locale);
    }
    const template = await load.template.load(result.value);
    if (!template) throw new Error('a published template is not there');
    return make(PublishCouponTemplateSuccess, { template: toTemplate(template, locale) });
  }

  @Mutation(() => PauseCouponTemplateResult, {
    description: 'Stops or resumes claims and gifts. Coupons that were issued stay good.',
  })
  async pauseCouponTemplate(
    @Arg('input', () => PauseCouponTemplateInput) input: PauseCouponTemplateInput,
    @Ctx() { app, caller, load, locale }: CouponContext,
  ): Promise<typeof PauseCouponTemplateResult> {
    requireTenant(caller);
    const { idempotencyKey: key, templateId, paused } = input;
    const result = await app.pauseTemplate(caller, { key, templateId, paused });
    if (!result.ok) {
      if (result.error.code === 'NOT_FOUND') return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      return refuseKey(result.error, locale);
    }
    const template = await load.template.load(result.value);
    if (!template) throw new Error('a paused template is not there');
    return make(PauseCouponTemplateSuccess, { template: toTemplate(template, locale) });
  }

  @Mutation(() => PublishCheckoutPolicyResult, {
    description: 'How long a price holds, how long a basket is set aside and how many coupons it takes.',
  })
  async publishCheckoutPolicy(
    @Arg('input', () => PublishCheckoutPolicyInput) input: PublishCheckoutPolicyInput,
    @Ctx() { app, caller, locale }: CouponContext,
  ): Promise<typeof PublishCheckoutPolicyResult> {
    requireTenant(caller);
    const { idempotencyKey: key, holdMinutes, quoteMinutes, maxCoupons, effectiveFrom = null } = input;
    const result = await app.publishPolicy(caller, { key, holdMinutes, quoteMinutes, maxCoupons, effectiveFrom });
    if (!result.ok) return refuseAdmin(result.error, locale);
    return make(PublishCheckoutPolicySuccess, { version: result.value.version });
  }
}

/** GraphQL -> terms: amounts in minor units, absent lists empty. What the rules say about them is the domain's. */
function toTerms(input: PublishCouponTemplateInput): Result<Terms, Problem> {
  const { type } = input;
  if (type !== 'CASH' && type !== 'PERCENT') return err({ path: ['type'], reason: 'must be CASH or PERCENT' });
  const amounts = {
    faceAmount: null as bigint | null,
    maxOff: null as bigint | null,
    threshold: null as bigint | null,
  };
  for (const field of ['faceAmount', 'maxOff', 'threshold'] as const) {
    const text = input[field] ?? null;
    if (text === null) continue;
    const parsed = parseMoney(text, input.currency);
    if (!parsed.ok) return err({ path: [field], reason: `is no amount of ${input.currency}` });
    amounts[field] = parsed.value.amountMinor;
  }
  for (const [field, rows] of [
    ['names', input.names],
    ['descriptions', input.descriptions ?? []],
  ] as const) {
    const wrong = rows.findIndex(({ locale }) => !(LOCALES as readonly string[]).includes(locale));
    if (wrong >= 0) return err({ path: [field, String(wrong), 'locale'], reason: `must be ${LOCALES.join(' or ')}` });
  }
  const validity = toValidity(input.validity);
  if (!validity.ok) return validity;
  const ids = (list?: string[] | null) => (list ?? []).map((id) => id.toLowerCase());
  return ok({
    code: input.code,
    type,
    names: Object.fromEntries(input.names.map(({ locale, name }) => [locale, name])),
    descriptions: Object.fromEntries((input.descriptions ?? []).map((d) => [d.locale, d.description])),
    currency: input.currency,
    faceMinor: amounts.faceAmount,
    percentOffBps: input.percentOffBps ?? null,
    maxOffMinor: amounts.maxOff,
    thresholdMinor: amounts.threshold ?? 0n,
    scope: {
      mallIds: ids(input.scope?.mallIds),
      merchantIds: ids(input.scope?.merchantIds),
      storeIds: ids(input.scope?.storeIds),
      categories: input.scope?.categories ?? [],
    },
    validity: validity.value,
    effectiveFrom: input.effectiveFrom,
    effectiveTo: input.effectiveTo ?? null,
    stock: input.stock === undefined || input.stock === null ? null : BigInt(input.stock),
    claimLimit: input.claimLimitPerMember,
    funding: input.funding.map(({ party, shareBps }) => ({
      party: party === 'MALL' || party === 'MERCHANT' ? party : party.toLowerCase(),
      shareBps,
    })),
    grantOnTier: input.grantOnTier ?? [],
    claimable: input.claimable,
    tiers: input.tiers ?? [],
    stackCategory: input.stackCategory,
  });
}

function toValidity(input: PublishCouponTemplateInput['validity']): Result<Terms['validity'], Problem> {
  if (input.kind === CouponValidityKind.RELATIVE) {
    if (input.days === undefined || input.days === null)
      return err({ path: ['validity', 'days'], reason: 'is missing' });
    return ok({ kind: 'RELATIVE', startDelayDays: input.startDelayDays ?? 0, days: input.days });
  }
  for (const field of ['from', 'until'] as const) {
    if (!input[field]) return err({ path: ['validity', field], reason: 'is missing' });
  }
  return ok({ kind: 'FIXED', from: input.from as Date, until: input.until as Date });
}
