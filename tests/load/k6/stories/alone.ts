import { ask, attempt } from '../graph.ts';
import type { Alone } from '../profiles.ts';
import { coupons, someMember, someStore } from '../world.ts';
import { take } from './member.ts';
import { record, saleOf, someLines } from './till.ts';
import { uniqueKey } from './unique.ts';

/** One operation and nothing around it. Which: the scenario's. */
export function alone(): void {
  const operation = __ENV['OPERATION'] as Alone | undefined;
  const store = someStore();
  const member = someMember();
  switch (operation) {
    case 'ClaimCoupon':
      take(member.token, coupons.open, uniqueKey('claim'));
      return;
    case 'IdentifyMember':
      ask(operation, store.token, { card: member.card });
      return;
    case 'QuoteCheckout':
      attempt(operation, store.token, { storeId: store.id, memberId: member.id, lines: someLines() }, 'CheckoutQuote');
      return;
    case 'RecordPurchase':
      record(store.token, saleOf(store.id, member.id, uniqueKey('sale'), someLines()), Math.random() < 0.02);
      return;
    case undefined:
      throw new Error('The scenario names no operation.');
    default:
      ask(operation, member.token);
  }
}
