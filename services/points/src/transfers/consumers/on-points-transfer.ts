import {
  PointsTransferReceivedSchema,
  PointsTransferRefusedSchema,
  PointsTransferSentSchema,
  type TransferredPart,
} from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { noteArrivals, receiveTransfers, returnTransfers } from '../use-cases/settle-transfers';

export const onPointsTransferSent = consumer({
  name: 'points-on-points-transfer-sent',
  event: PointsTransferSentSchema,
  handle: (tx, events) =>
    receiveTransfers(
      tx,
      events.map(({ message: { transferId: id, fromMemberId, toMemberId, points, parts, occurredAt } }) => ({
        id,
        fromMemberId,
        toMemberId,
        points,
        parts: parts.map(toPart),
        sentAt: new Date(occurredAt),
      })),
    ),
});

export const onPointsTransferReceived = consumer({
  name: 'points-on-points-transfer-received',
  event: PointsTransferReceivedSchema,
  handle: (tx, events) =>
    noteArrivals(
      tx,
      events.map(({ message: { transferId: id, fromMemberId } }) => ({ id, fromMemberId })),
    ),
});

export const onPointsTransferRefused = consumer({
  name: 'points-on-points-transfer-refused',
  event: PointsTransferRefusedSchema,
  handle: (tx, events) =>
    returnTransfers(
      tx,
      events.map(({ message: { transferId, fromMemberId, reason } }) => ({
        transferId,
        fromMemberId,
        reason: reason === 'MERGED' ? 'MERGED' : 'UNKNOWN',
      })),
    ),
});

const toPart = (part: TransferredPart) => ({
  lotId: part.lotId,
  points: part.points,
  earnedAt: new Date(part.earnedAt),
  expiresAt: part.expiresAt === '' ? null : new Date(part.expiresAt),
  funderId: part.funderId || null,
  mallId: part.mallId || null,
  merchantId: part.merchantId || null,
  currency: part.currency || null,
});
