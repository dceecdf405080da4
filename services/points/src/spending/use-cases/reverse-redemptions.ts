// Gives points of an order back, into the lots they came from.
import { err, ok } from '@atrium/kernel';
import { findOrgNodes } from '@atrium/platform';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { reverseRedemption } from '../domain/redemption';
import { lapsedUntil } from '../domain/return-to-lots';
import {
  forOrders,
  type OrderCommand,
  type OrderRefusal,
  type RedemptionView,
  toRedemptionView,
} from './order-commands';

export interface ReverseRedemption extends OrderCommand {
  /** Null: all that is left. */
  readonly points: bigint | null;
}

export type ReverseRefusal = OrderRefusal | { code: 'EXCEEDS_REDEMPTION'; left: bigint };

export const reverseRedemptions = forOrders<ReverseRedemption, RedemptionView, ReverseRefusal>({
  operation: 'reversePointsRedemption',
  inputOf: ({ points }) => ({ points }),
  undoes: true,
  prepare: async (tx, commands) => {
    const malls = await findOrgNodes(
      tx,
      commands.map(({ place }) => place.mallId),
    );
    return ({ points, place }, { ledger, rules, redemption }) => {
      if (points !== null && points <= 0n)
        return err({ code: 'INVALID_INPUT', path: 'points', reason: 'NOT_POSITIVE' });
      if (!redemption) return err({ code: 'NOT_FOUND' });
      const left = redemption.points - redemption.returned;
      if (left === 0n) return err({ code: 'EXCEEDS_REDEMPTION', left });
      // By the rules that it was made under.
      const terms = programmeAt(rules, redemption.occurredAt)?.terms ?? DEFAULT_PROGRAMME;
      const zone = malls.get(place.mallId)?.timeZone ?? 'UTC';
      const until = lapsedUntil(terms, ledger.now, zone);
      const back = reverseRedemption(ledger, redemption, points ?? left, {
        occurredAt: ledger.now,
        lapsedUntil: until,
      });
      return back.ok ? ok(toRedemptionView(back.value)) : back;
    };
  },
});
