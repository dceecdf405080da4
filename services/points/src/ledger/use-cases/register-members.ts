// Members of the programme, as far as points need to know them.
import type { Tx } from '@atrium/platform';
import { insertMembers, type KnownMember } from '../storage/member.repository';

export const registerMembers = (tx: Tx, members: readonly KnownMember[]): Promise<void> => insertMembers(tx, members);
