// What a used coupon obliges its funders to, and what its return undoes.
import type { CouponRedeemed, CouponReturned } from '@atrium/contracts';
import { isUuid, naturalId, parseInstant } from '@atrium/kernel';
import { type Delivered, type Tx } from '@atrium/platform';
import { coFunderTarget, couponTarget, type Funding, splitFunding } from '../domain/obligations';
import { lockObligations } from '../storage/ledger.repository';
import { type ObligationChange, obligationChange, postObligations } from './post-obligations';
import { type SaleWithTerms, salesOf } from './sales-of';

interface CouponFacts {
  amountMinor: bigint;
  funding: Funding[];
  /** The amount stands on its own, so that a return that comes first is not lost. */
  returned: boolean;
}

const NOTHING: CouponFacts = { amountMinor: 0n, funding: [], returned: false };

/** One use of one coupon: after a return the same coupon may be used for another sale. */
const useOf = (couponId: string, purchaseId: string) => naturalId('coupon-use', couponId, purchaseId);

export async function postRedeemedCoupons(tx: Tx, events: readonly Delivered<CouponRedeemed>[]): Promise<void> {
  const saleOf = await salesOf(
    tx,
    events.map(({ message }) => message.purchaseId),
  );
  const changes = events.flatMap(({ message, occurredAt }) => {
    const funding = message.funding.map(({ party, shareBps }) => ({ party, shareBps }));
    return changesOf(
      saleOf(message.purchaseId),
      useOf(message.couponId, message.purchaseId),
      parseInstant(message.occurredAt) ?? occurredAt,
      funding,
      (known) => ({ ...known, amountMinor: message.amountMinor, funding }),
    );
  });
  await postObligations(tx, changes);
}

export async function postReturnedCoupons(tx: Tx, events: readonly Delivered<CouponReturned>[]): Promise<void> {
  const saleOf = await salesOf(
    tx,
    events.map(({ message }) => message.purchaseId),
  );
  // Who funded it stands in what was heard when it was used.
  const keyOf = ({ message }: Delivered<CouponReturned>) => ({
    merchantId: saleOf(message.purchaseId).purchase.merchantId,
    kind: 'COUPON',
    sourceId: useOf(message.couponId, message.purchaseId),
  });
  const known = await lockObligations(tx, events.map(keyOf));
  const fundingOf = new Map(
    [...known.values()].map((s) => [s.sourceId, (s.facts as CouponFacts | null)?.funding ?? []]),
  );
  const changes = events.flatMap((delivered) => {
    const { message, occurredAt } = delivered;
    const { sourceId } = keyOf(delivered);
    return changesOf(
      saleOf(message.purchaseId),
      sourceId,
      parseInstant(message.occurredAt) ?? occurredAt,
      fundingOf.get(sourceId) ?? [],
      (facts) => ({ ...facts, returned: true }),
    );
  });
  await postObligations(tx, changes);
}

/** One change at the merchant where the coupon was used, and one at each other merchant that funds a part. */
function changesOf(
  sale: SaleWithTerms,
  sourceId: string,
  occurredAt: Date,
  funding: readonly Funding[],
  merge: (known: CouponFacts) => CouponFacts,
): ObligationChange[] {
  const { purchase, terms } = sale;
  // What is known of the use stands at its own merchant; the other funders follow it, whichever news came first.
  let current = NOTHING;
  const split = ({ amountMinor, funding: by, returned }: CouponFacts) =>
    splitFunding(returned ? 0n : amountMinor, by, purchase.merchantId, terms);
  const common = {
    kind: 'COUPON',
    sourceId,
    siteId: purchase.siteId,
    purchaseId: purchase.id,
    contractId: purchase.contractId,
    currency: purchase.currency,
    occurredAt,
    name: (_: CouponFacts | null, after: CouponFacts) => (after.returned ? 'COUPON_RETURNED' : 'COUPON_REDEEMED'),
  };
  const others = [...new Set(funding.map(({ party }) => party))].filter(
    (party) => isUuid(party) && party !== purchase.merchantId,
  );
  return [
    obligationChange<CouponFacts>({
      ...common,
      merchantId: purchase.merchantId,
      merge: (known) => (current = merge(known ?? NOTHING)),
      target: (facts) => couponTarget(split(facts)),
      memoMinor: (facts) => split(facts).merchantMinor,
    }),
    ...others.map((merchantId) =>
      obligationChange<CouponFacts>({
        ...common,
        merchantId,
        merge: () => current,
        target: (facts) =>
          coFunderTarget(
            split(facts).others.reduce((sum, o) => (o.merchantId === merchantId ? sum + o.amountMinor : sum), 0n),
          ),
      }),
    ),
  ];
}
