import { make } from '@atrium/platform';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A sale, owned by merchant-settlement; this service adds the tier change that it caused. */
@ObjectType('Purchase', { description: 'A sale that happened at a till.' })
@Directive('@key(fields: "id")')
export class PurchaseStub {
  @Field(() => ID)
  id: string;
}

export const resolvePurchase = ({ id }: { id: string }): PurchaseStub => make(PurchaseStub, { id });
