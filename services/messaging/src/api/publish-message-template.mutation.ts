import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { MessagingContext } from './context';
import { MessageTemplate, toTemplate } from './message-template.type';
import { MessageChannel } from './message.type';
import { invalidInput, repeated, requireKey } from './refusals';

@InputType({ description: 'What is written in one language; `{name}` stands for a variable.' })
export class MessageTemplateTextInput {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String)
  title: string;

  @Field(() => String)
  body: string;
}

@InputType({ description: 'A new version of what is written about one kind of fact.' })
export class PublishMessageTemplateInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => String, {
    description: 'POINTS_EARNED, POINTS_REVERSED, TIER_UPGRADED, TIER_CHANGED, COUPON_ISSUED or PURCHASE_REFUNDED.',
  })
  code: string;

  @Field(() => DateTimeScalar)
  effectiveFrom: Date;

  @Field(() => [MessageChannel], { description: 'INBOX, SMS or both.' })
  channels: MessageChannel[];

  @Field(() => [MessageTemplateTextInput], {
    description: 'One for each language; a member whose language is missing gets zh-CN, then en.',
  })
  texts: MessageTemplateTextInput[];
}

@ObjectType({ description: 'The version that was published.' })
export class PublishMessageTemplateSuccess {
  @Field(() => MessageTemplate)
  template: MessageTemplate;
}

const PublishMessageTemplateResult = createUnionType({
  name: 'PublishMessageTemplateResult',
  types: () => [PublishMessageTemplateSuccess, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});

@Resolver()
export class MessageTemplateResolver {
  @Mutation(() => PublishMessageTemplateResult, {
    description: 'For those who manage message templates of the whole group.',
  })
  async publishMessageTemplate(
    @Arg('input', () => PublishMessageTemplateInput) input: PublishMessageTemplateInput,
    @Ctx() ctx: MessagingContext,
  ): Promise<typeof PublishMessageTemplateResult> {
    const groupId = requireTenant(ctx.caller);
    requirePermission(ctx.caller, 'message:templates', [groupId]);
    const result = await ctx.app.publishMessageTemplate(groupId, {
      actor: ctx.caller.id,
      idempotencyKey: requireKey(input.idempotencyKey),
      code: input.code,
      effectiveFrom: input.effectiveFrom,
      channels: input.channels,
      texts: input.texts.map(({ locale, title, body }) => ({ locale, title, body })),
    });
    if (!result.ok) {
      return result.error.code === 'INVALID_INPUT'
        ? invalidInput(result.error, ctx.locale)
        : repeated(result.error, ctx.locale);
    }
    const template = await ctx.app.readTemplate(groupId, result.value.templateId);
    if (!template) throw new Error('a published template is not there');
    return make(PublishMessageTemplateSuccess, { template: toTemplate(template) });
  }

  @Query(() => [MessageTemplate], {
    description: 'All versions by code, newest first. For those who manage message templates of the whole group.',
  })
  async messageTemplates(@Ctx() ctx: MessagingContext): Promise<MessageTemplate[]> {
    const groupId = requireTenant(ctx.caller);
    requirePermission(ctx.caller, 'message:templates', [groupId]);
    return (await ctx.app.readTemplates(groupId)).map(toTemplate);
  }
}
