// What staff do to a member's points, with a reason and, above a limit, a second person.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { AdjustPointsMutation } from './api/adjust-points.mutation';
import { AdjustmentApprovalRow } from './storage/approval.entity';
import { type AdjustCommand, adjustPoints } from './use-cases/adjust-points';

const verbs = ({ asked }: Transactions) => ({
  adjustPoints: (caller: Caller, command: AdjustCommand) => asked(caller, (tx) => adjustPoints(tx, command)),
});

export const desk: Feature<ReturnType<typeof verbs>> = {
  entities: [AdjustmentApprovalRow],
  verbs,
  resolvers: [AdjustPointsMutation],
};
