// What the frontends ask, by name.

const refusal = '__typename ... on UserError { code }';

export const OPERATIONS = {
  MemberHome: `query MemberHome { me { displayName points { available held growth } tier { tier { code name } validUntil next { tier { name } conditions { metric remaining } } }
    coupons(status: AVAILABLE, first: 5) { edges { node { id validUntil template { name } } } } unreadMessages inbox(first: 5) { edges { node { title readAt } } } } }`,
  MyCoupons: `query MyCoupons { me { coupons(first: 20) { edges { node { id status validUntil template { code name } } } pageInfo { hasNextPage } } } }`,
  CouponOffers: `query CouponOffers { couponOffers(first: 10) { edges { node { template { id name } stockLeft claimable reason } } } }`,
  Gifts: `query Gifts { gifts(first: 10) { edges { node { id code } } } }`,
  History: `query History { me { points { entries(first: 20) { edges { node { kind amount availableAfter occurredAt } } } } purchases(first: 10) { edges { node { occurredAt paid { amount } store { name } } } } } }`,
  ClaimCoupon: `mutation ClaimCoupon($input: ClaimCouponInput!) { result: claimCoupon(input: $input) { ${refusal} ... on ClaimCouponSuccess { coupon { id } } } }`,
  IdentifyMember: `query IdentifyMember($card: String!) { identifyMember(by: { type: CARD, value: $card }) { id displayName tier { tier { name } } points { available } } }`,
  QuoteCheckout: `query QuoteCheckout($input: QuoteCheckoutInput!) { result: quoteCheckout(input: $input) { ${refusal} ... on CheckoutQuote { toPay { amount currency } pointsUsed pointsRuleVersionId } } }`,
  ReserveCheckout: `mutation ReserveCheckout($input: ReserveCheckoutInput!) { result: reserveCheckout(input: $input) { ${refusal} ... on ReserveCheckoutSuccess { checkout { id } } } }`,
  RecordPurchase: `mutation RecordPurchase($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${refusal} ... on RecordPurchaseSuccess { duplicate purchase { id } } } }`,
  RefundPurchase: `mutation RefundPurchase($input: RefundPurchaseInput!) { result: refundPurchase(input: $input) { ${refusal} ... on RefundPurchaseSuccess { refund { id } } ... on RefundParked { externalId } } }`,
} as const;
export type OperationName = keyof typeof OPERATIONS;
