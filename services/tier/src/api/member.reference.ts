import { isUuid } from '@atrium/kernel';
import { canAnywhere, isSelf, make } from '@atrium/platform';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { TierContext } from './context';

/** A person, owned by the member service; this service adds her tier. */
@ObjectType('Member', { description: "A person in a mall group's programme." })
@Directive('@key(fields: "id")')
export class MemberStub {
  @Field(() => ID)
  id: string;
}

/**
 * A member of another group, or of none, is not there. Whoever may not see tiers gets the stub, and the field says that it
 * is forbidden: `Member.tier` is never null.
 */
export async function resolveMember({ id }: { id: string }, { caller, load }: TierContext): Promise<MemberStub | null> {
  const stub = make(MemberStub, { id });
  if (isSelf(caller, id) || !canAnywhere(caller, 'tier:read')) return stub;
  return isUuid(id) && (await load.memberKnown.load(id)) ? stub : null;
}
