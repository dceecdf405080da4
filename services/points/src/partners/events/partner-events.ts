import { PartnerPointsExchangedSchema } from '@atrium/contracts';
import { event, publish, type Tx } from '@atrium/platform';

export interface Exchanged {
  id: string;
  partnerId: string;
  memberId: string;
  direction: 'ISSUE' | 'BURN';
  units: bigint;
  points: bigint;
  priceMinor: bigint;
  currency: string;
  rateId: string;
  occurredAt: Date;
}

/** States an exchange, or that it was undone (then with what the member owes). */
export const publishExchange = (
  tx: Tx,
  exchange: Exchanged,
  undone: { at: Date; debt: bigint } | null = null,
): Promise<void> =>
  publish(
    tx,
    event(PartnerPointsExchangedSchema, {
      exchangeId: exchange.id,
      partnerId: exchange.partnerId,
      memberId: exchange.memberId,
      direction: exchange.direction,
      units: exchange.units,
      points: exchange.points,
      priceMinor: exchange.priceMinor,
      currency: exchange.currency,
      rateId: exchange.rateId,
      occurredAt: (undone?.at ?? exchange.occurredAt).toISOString(),
      reversed: undone !== null,
      debt: undone?.debt ?? 0n,
    }),
    {
      aggregateId: exchange.id,
      ownerId: exchange.memberId,
      version: undone ? 2n : 1n,
      occurredAt: undone?.at ?? exchange.occurredAt,
    },
  );
