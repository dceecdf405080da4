import { isUuid } from '@atrium/kernel';
import {
  DateTimeScalar,
  fromMoneyInput,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  MoneyInput,
  NotFoundError,
  PointsAmountScalar,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import type { GiftPrice, GiftTerms } from '../domain/gift';
import { Gift, GiftDeliveryEnum, GiftKindEnum, GiftStatusEnum, toGift } from './gift.type';
import { invalid, refusalOf } from './refuse-order';
import { GiftStateError } from './texts';

@InputType({ description: 'What a gift says in one language.' })
export class GiftTextInput {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String, { description: 'At most 200 characters.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'At most 5000 characters.' })
  description?: string | null;
}

@InputType({ description: 'A picture.' })
export class GiftImageInput {
  @Field(() => String, { description: 'https.' })
  url: string;

  @Field(() => String, { description: 'What is to be seen, for who cannot see it.' })
  alt: string;
}

@InputType({ description: 'Points, or points and money.' })
export class GiftPriceInput {
  @Field(() => PointsAmountScalar, { description: 'Above 0.' })
  points: bigint;

  @Field(() => MoneyInput, { nullable: true, description: 'In the currency of who provides the gift.' })
  cash?: MoneyInput | null;
}

@InputType({ description: 'A gift as a whole. The same code again changes it.' })
export class SaveGiftInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => String, { description: 'Names the gift in the group.' })
  code: string;

  @Field(() => ID, { description: 'Who provides it: the group, a mall, a merchant or a store. Does not change.' })
  nodeId: string;

  @Field(() => GiftKindEnum, { description: 'What it is.' })
  kind: GiftKindEnum;

  @Field(() => String, { description: 'At most 64 characters.' })
  category: string;

  @Field(() => [String], { nullable: true, description: 'At most 20.' })
  tags?: string[] | null;

  @Field(() => [GiftTextInput], { description: 'At least one, one for each language.' })
  texts: GiftTextInput[];

  @Field(() => [GiftImageInput], { nullable: true, description: 'At most 10; the first is the cover.' })
  images?: GiftImageInput[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of tiers it is for; absent: all.' })
  tiers?: string[] | null;

  @Field(() => [GiftPriceInput], { description: 'At least one, at most 10.' })
  prices: GiftPriceInput[];

  @Field(() => [GiftDeliveryEnum], { description: 'At least one.' })
  deliveries: GiftDeliveryEnum[];

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'For a new gift: its pieces; absent: no end. Later: changeGiftStock.',
  })
  stock?: bigint | null;

  @Field(() => Int, { nullable: true, description: 'Pieces for one business day of the group; absent: no limit.' })
  stockPerDay?: number | null;

  @Field(() => Int, { nullable: true, description: 'Pieces for one member; absent: no limit.' })
  limitPerMember?: number | null;

  @Field(() => DateTimeScalar, { description: 'First instant at which it can be ordered.' })
  saleFrom: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which it no longer can; absent: no end.',
  })
  saleUntil?: Date | null;

  @Field(() => Int, { defaultValue: 0, description: 'Days after the hand-over in which it is taken back.' })
  returnDays: number;
}

@InputType({ description: 'Publish or withdraw a gift.' })
export class ChangeGiftStatusInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  giftId: string;

  @Field(() => GiftStatusEnum, { description: 'PUBLISHED or WITHDRAWN.' })
  status: GiftStatusEnum;
}

@InputType({ description: 'Pieces that came or went otherwise than by orders.' })
export class ChangeGiftStockInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  giftId: string;

  @Field(() => PointsAmountScalar, { description: 'Signed; not 0. The stock never falls below 0.' })
  delta: bigint;

  @Field(() => String, { description: '3 to 500 characters.' })
  reason: string;
}

@ObjectType({ description: 'Done.' })
export class GiftSuccess {
  @Field(() => Gift, { description: 'As it is now.' })
  gift: Gift;
}

const GiftResult = createUnionType({
  name: 'GiftResult',
  description: 'The gift, or why nothing was changed.',
  types: () =>
    [GiftSuccess, GiftStateError, NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});
type Answer = typeof GiftResult;

@Resolver()
export class ManageGiftMutations {
  @Mutation(() => GiftResult, { description: 'Makes a gift, as a draft, or changes it.' })
  async saveGift(
    @Arg('input', () => SaveGiftInput) input: SaveGiftInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { app, caller, locale } = context;
    requireTenant(caller);
    const path = await app.nodePath(caller, input.nodeId);
    if (!path) return refusalOf({ code: 'NOT_FOUND' }, locale) as Answer;
    requirePermission(caller, 'gift:manage', path);
    const prices: GiftPrice[] = [];
    for (const [i, { points, cash }] of input.prices.entries()) {
      const money = cash ? fromMoneyInput(cash) : null;
      if (money && !money.ok) return invalid(['prices', String(i), 'cash', 'amount'], 'MONEY', locale);
      const { amountMinor: cashMinor, currency } = money?.value ?? { amountMinor: 0n, currency: null };
      prices.push({ points, cashMinor, currency: cashMinor === 0n ? null : currency });
    }
    const command = {
      key: input.idempotencyKey,
      actor: caller.id,
      terms: toTerms(input, prices),
      stock: input.stock ?? null,
    };
    return answer(context, await app.saveGift(caller, command));
  }

  @Mutation(() => GiftResult, { description: 'Publishes a draft or a withdrawn gift, or withdraws a published one.' })
  async changeGiftStatus(
    @Arg('input', () => ChangeGiftStatusInput) { idempotencyKey: key, giftId, status }: ChangeGiftStatusInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { app, caller, locale } = context;
    const id = await managed(context, giftId);
    if (id === null) return refusalOf({ code: 'NOT_FOUND' }, locale) as Answer;
    return answer(context, await app.changeGiftStatus(caller, { key, actor: caller.id, giftId: id, status }));
  }

  @Mutation(() => GiftResult, { description: 'Puts pieces into the stock or takes them out; kept with who and why.' })
  async changeGiftStock(
    @Arg('input', () => ChangeGiftStockInput) { idempotencyKey: key, giftId, delta, reason }: ChangeGiftStockInput,
    @Ctx() context: PointsContext,
  ): Promise<Answer> {
    const { app, caller, locale } = context;
    const id = await managed(context, giftId);
    if (id === null) return refusalOf({ code: 'NOT_FOUND' }, locale) as Answer;
    return answer(context, await app.changeGiftStock(caller, { key, actor: caller.id, giftId: id, delta, reason }));
  }
}

function toTerms(input: SaveGiftInput, prices: GiftPrice[]): GiftTerms {
  return {
    code: input.code,
    nodeId: input.nodeId.toLowerCase(),
    kind: input.kind,
    category: input.category.trim(),
    tags: (input.tags ?? []).map((tag) => tag.trim()),
    texts: input.texts.map(({ locale, name, description }) => ({ locale, name, description: description ?? null })),
    images: (input.images ?? []).map(({ url, alt }) => ({ url, alt })),
    tiers: input.tiers ?? [],
    prices,
    deliveries: input.deliveries,
    stockPerDay: input.stockPerDay ?? null,
    limitPerMember: input.limitPerMember ?? null,
    saleFrom: input.saleFrom,
    saleUntil: input.saleUntil ?? null,
    returnDays: input.returnDays,
  };
}

/** The gift's id when the caller may manage it; null when there is none. */
async function managed({ app, caller }: PointsContext, giftId: string): Promise<string | null> {
  requireTenant(caller);
  const gift = isUuid(giftId) ? await app.gift(caller, giftId) : null;
  if (gift) requirePermission(caller, 'gift:manage', gift.path);
  return gift?.id ?? null;
}

async function answer(
  { app, caller, locale }: PointsContext,
  result: Awaited<ReturnType<PointsContext['app']['saveGift'] | PointsContext['app']['changeGiftStatus']>>,
): Promise<Answer> {
  if (!result.ok) return refusalOf(result.error, locale) as Answer;
  const gift = await app.gift(caller, result.value.id);
  if (!gift) throw new Error('a saved gift is there');
  return make(GiftSuccess, { gift: toGift(gift, locale) });
}
