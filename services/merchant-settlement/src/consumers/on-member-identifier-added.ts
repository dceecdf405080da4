import { durableName, MemberIdentifierAddedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { hearIdentifiers } from '../use-cases/hear-members';

export const onMemberIdentifierAdded = consumer({
  name: durableName('merchant-settlement', MemberIdentifierAddedSchema),
  event: MemberIdentifierAddedSchema,
  handle: hearIdentifiers,
});
