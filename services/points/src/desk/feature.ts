// What staff do to a member's points, with a reason and, above a limit, a second person.
import type { Caller } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { AdjustPointsMutation } from './api/adjust-points.mutation';
import { ApprovalRow } from './storage/approval.entity';
import { ExceptionRow } from './storage/exception.entity';
import { type AdjustCommand, adjustPoints } from './use-cases/adjust-points';

const verbs = ({ asked }: Transactions) => ({
  adjustPoints: (caller: Caller, command: AdjustCommand) => asked(caller, (tx) => adjustPoints(tx, command)),
});

export const deskOf = (features: readonly Pick<Feature<object>, 'approvals'>[]): Feature<ReturnType<typeof verbs>> => {
  const executors = new Map(features.flatMap(({ approvals }) => approvals ?? []).map((e) => [e.kind, e]));
  void executors;
  return {
    entities: [ApprovalRow, ExceptionRow],
    verbs,
    resolvers: [AdjustPointsMutation],
  };
};
