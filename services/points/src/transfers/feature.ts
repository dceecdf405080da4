// Points from member to member.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { TransferPointsMutation } from './api/transfer-points.mutation';
import { PointsTransfersResolver } from './api/transfers.resolver';
import {
  onPointsTransferReceived,
  onPointsTransferRefused,
  onPointsTransferSent,
} from './consumers/on-points-transfer';
import { TransferRow } from './storage/transfer.entity';
import { type TransferCommand, transferPoints } from './use-cases/transfer-points';
import { transfer, transfers as transfersOf } from './use-cases/transfers.query';

const verbs = ({ asked }: Transactions) => ({
  transferPoints: (caller: Caller, command: TransferCommand) => asked(caller, (tx) => transferPoints(tx, command)),
  transfer: (caller: Caller, memberId: string, id: string) => asked(caller, (tx) => transfer(tx, memberId, id)),
  transfers: (caller: Caller, memberId: string, page: Page) => asked(caller, (tx) => transfersOf(tx, memberId, page)),
});

export const transfers: Feature<ReturnType<typeof verbs>> = {
  entities: [TransferRow],
  verbs,
  resolvers: [TransferPointsMutation, PointsTransfersResolver],
  consumers: () => [onPointsTransferSent, onPointsTransferReceived, onPointsTransferRefused],
};
