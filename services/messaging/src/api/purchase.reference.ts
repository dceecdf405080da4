import { isUuid } from '@atrium/kernel';
import { canAnywhere, make } from '@atrium/platform';
import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from './context';
import { Message, toMessage } from './message.type';

/** Owned by merchant-settlement; messaging adds what members were told of the sale. */
@ObjectType('Purchase')
@Directive('@key(fields: "id")')
export class PurchaseReference {
  @Field(() => ID)
  id: string;
}

export const resolvePurchase = ({ id }: { id: string }, { caller }: MessagingContext): PurchaseReference | null =>
  caller.groupId !== null && isUuid(id) ? make(PurchaseReference, { id }) : null;

@Resolver(() => PurchaseReference)
export class PurchaseMessagesResolver {
  @FieldResolver(() => [Message], {
    nullable: true,
    description:
      "The calling member's messages about this sale; for staff with message:read everybody's. Null when there is none yet.",
  })
  async messages(@Root() { id }: PurchaseReference, @Ctx() ctx: MessagingContext): Promise<Message[] | null> {
    const { caller } = ctx;
    if (caller.kind !== 'MEMBER' && !canAnywhere(caller, 'message:read')) return null;
    const rows = await ctx.load.ofPurchase.load(id);
    return rows.length === 0 ? null : rows.map(toMessage);
  }
}
