// Two members become one.
import type { Feature } from '../feature';
import { onMembersMergeAbandoned, onMembersMerged, onMembersMergeRequested } from './consumers/on-members-merge';
import { AccountMergeRow } from './storage/merge.entity';

export const merges: Feature<object> = {
  entities: [AccountMergeRow],
  verbs: () => ({}),
  resolvers: [],
  consumers: () => [onMembersMergeRequested, onMembersMergeAbandoned, onMembersMerged],
};
