import {
  IdempotencyConflictError,
  InProgressError,
  make,
  NotFoundError,
  requireMember,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { MessagingContext } from './context';
import { Message, toMessage } from './message.type';
import { notFound, repeated, requireKey } from './refusals';

@InputType({ description: 'A message that the signed-in member has read.' })
export class MarkMessageReadInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  messageId: string;
}

@ObjectType({ description: 'The message, now read.' })
export class MarkMessageReadSuccess {
  @Field(() => Message)
  message: Message;
}

const MarkMessageReadResult = createUnionType({
  name: 'MarkMessageReadResult',
  types: () => [MarkMessageReadSuccess, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});

@Resolver()
export class MarkMessageReadMutation {
  @Mutation(() => MarkMessageReadResult, { description: 'For the signed-in member, on a message of her own inbox.' })
  async markMessageRead(
    @Arg('input', () => MarkMessageReadInput) input: MarkMessageReadInput,
    @Ctx() ctx: MessagingContext,
  ): Promise<typeof MarkMessageReadResult> {
    const memberId = requireMember(ctx.caller);
    const groupId = requireTenant(ctx.caller);
    const result = await ctx.app.markMessageRead(groupId, {
      actor: ctx.caller.id,
      idempotencyKey: requireKey(input.idempotencyKey),
      memberId,
      messageId: input.messageId,
    });
    if (!result.ok) {
      return result.error.code === 'NOT_FOUND' ? notFound(ctx.locale) : repeated(result.error, ctx.locale);
    }
    const message = await ctx.app.readMessage(groupId, memberId, result.value.messageId);
    return message ? make(MarkMessageReadSuccess, { message: toMessage(message) }) : notFound(ctx.locale);
  }
}
