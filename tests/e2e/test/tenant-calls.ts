// Every field of Query and Mutation, as a caller of a group asks it about its own things.
import { cny, cup, HELD_ORDERS, line, PAID_ORDER, type CallerName, type Ids, openCoupon } from './world';

export interface Call {
  /** Who of the group gets an answer. */
  caller: CallerName;
  variables(ids: Ids): Record<string, unknown>;
  /** What names something without being of type ID: path -> what. */
  texts?: Record<string, keyof Ids>;
  /** Of the inputs of each group, and what is inside them, one at a time is given. */
  either?: string[][];
  /** A mutation whose success is of another name than its own. */
  success?: string;
}

const AT = '2026-01-05T04:00:00Z';
const LATER = '2030-01-01T00:00:00Z';
const named = (name: string) => [
  { locale: 'zh-CN', name },
  { locale: 'en', name },
];

const input =
  (fields: (ids: Ids) => object): Call['variables'] =>
  (ids) => ({ input: fields(ids) });
/** With a key of its own for each submission. */
let keys = 0;
const keyed = (fields: (ids: Ids) => object): Call['variables'] =>
  input((ids) => ({ idempotencyKey: `tenant-${++keys}`, ...fields(ids) }));

const nothing = () => ({});
const basket = ({ storeId, memberId, couponId, programmeVersionId }: Ids) => ({
  storeId,
  memberId,
  pointsRuleVersionId: programmeVersionId,
  lines: [line(1, '200.00')],
  couponIds: [couponId],
});
const sale = ({ storeId, memberId }: Ids, externalId: string) => ({
  sourceSystem: 'calls',
  externalId,
  storeId,
  occurredAt: AT,
  member: { memberId },
  lines: [line(1, '10.00')],
});

const KINDS_OF_RULE = ['input.programme', 'input.earn', 'input.campaign', 'input.interaction'];
const KINDS_OF_WANTED = KINDS_OF_RULE.map((kind) => kind.replace('input.', 'input.rules.0.'));
const earnAt = ({ merchantId, storeId }: Ids) => ({ merchantId, storeId, rate: '2' });
const order = ({ storeId, memberId }: Ids, number: string) => ({
  memberId,
  order: { kind: 'POS', nodeId: storeId, number },
});
const [TO_CAPTURE = '', TO_RELEASE = '', TO_EXTEND = ''] = HELD_ORDERS;

const ruleAt = (ids: Ids) => ({ code: 'LOOK', effectiveFrom: LATER, earn: earnAt(ids) });
const ticketAt = ({ storeId, memberId }: Ids) => ({
  storeId,
  memberId,
  occurredAt: AT,
  lines: [{ category: 'FASHION', paid: cny('10.00') }],
});

export const QUERIES: Record<string, Call> = {
  quoteCheckout: { caller: 'till', variables: input(basket) },
  checkout: { caller: 'till', variables: ({ checkoutId }) => ({ id: checkoutId }) },
  couponOffers: { caller: 'member', variables: ({ mallId }) => ({ mallId }) },
  me: { caller: 'member', variables: nothing },
  member: { caller: 'admin', variables: ({ memberId }) => ({ id: memberId }) },
  memberMergePreview: { caller: 'admin', variables: ({ survivorId, loserId }) => ({ survivorId, loserId }) },
  memberMerge: { caller: 'admin', variables: ({ mergeId }) => ({ id: mergeId }) },
  identifyMember: {
    caller: 'till',
    variables: ({ card }) => ({ by: { type: 'CARD', value: card } }),
    texts: { 'by.value': 'card' },
  },
  viewer: { caller: 'admin', variables: nothing },
  staff: { caller: 'admin', variables: nothing },
  malls: { caller: 'admin', variables: nothing },
  mall: { caller: 'admin', variables: ({ mallId }) => ({ id: mallId }) },
  merchant: { caller: 'admin', variables: ({ merchantId }) => ({ id: merchantId }) },
  store: { caller: 'admin', variables: ({ storeId }) => ({ id: storeId }) },
  purchase: { caller: 'admin', variables: ({ purchaseId }) => ({ id: purchaseId }) },
  purchaseByExternalId: {
    caller: 'admin',
    variables: ({ externalId }) => ({ sourceSystem: 'till', externalId }),
    texts: { externalId: 'externalId' },
  },
  purchasesByExternalIds: {
    caller: 'admin',
    variables: ({ externalId }) => ({ sourceSystem: 'till', externalIds: [externalId] }),
    texts: { 'externalIds.0': 'externalId' },
  },
  messageTemplates: { caller: 'admin', variables: nothing },
  pointsLiability: { caller: 'admin', variables: () => ({ groupBy: 'FUNDER' }) },
  pointsStatement: {
    caller: 'member',
    variables: ({ memberId }) => ({ memberId, from: '2026-01-01', to: '2026-12-31', format: 'CSV' }),
  },
  pointsEntry: { caller: 'member', variables: ({ memberId, entryId }) => ({ memberId, id: entryId }) },
  verifyPointsProof: { caller: 'member', variables: () => ({ proof: '{}' }) },
  pointsLedgerBlocks: { caller: 'member', variables: ({ groupId }) => ({ groupId, first: 5 }) },
  pointsLedgerBlock: { caller: 'member', variables: ({ groupId }) => ({ groupId, number: 1 }) },
  quoteRefund: {
    caller: 'till',
    variables: input(({ purchaseId }) => ({ purchaseId, lines: [{ lineNo: 1, amount: cny('1.00') }] })),
  },
  quotePoints: {
    caller: 'till',
    variables: input(({ storeId, memberId }) => ({
      memberId,
      nodeId: storeId,
      points: '100',
      lines: [{ category: 'FOOD', toPay: cny('100.00') }],
    })),
  },
  pointsRules: { caller: 'admin', variables: nothing },
  gifts: { caller: 'member', variables: ({ mallId }) => ({ mallId }) },
  gift: { caller: 'member', variables: ({ giftId }) => ({ id: giftId }) },
  giftOrder: { caller: 'member', variables: ({ giftOrderId }) => ({ id: giftOrderId }) },
  giftOrders: { caller: 'admin', variables: ({ mallId }) => ({ nodeId: mallId }) },
  checkPointsRules: {
    caller: 'admin',
    variables: input((ids) => ({ rules: [ruleAt(ids)] })),
    either: [KINDS_OF_WANTED],
  },
  previewPoints: {
    caller: 'admin',
    variables: input((ids) => ({ rules: [ruleAt(ids)], sale: ticketAt(ids) })),
    either: [KINDS_OF_WANTED, ['input.sale', 'input.purchaseId']],
  },
  previewPointsRules: {
    caller: 'admin',
    variables: input((ids) => ({ rules: [ruleAt(ids)] })),
    either: [KINDS_OF_WANTED],
  },
  pointsApprovals: { caller: 'admin', variables: nothing },
  pointsApproval: { caller: 'admin', variables: ({ approvalId }) => ({ id: approvalId }) },
  pointsExceptions: { caller: 'admin', variables: nothing },
  pointsException: { caller: 'admin', variables: ({ exceptionId }) => ({ id: exceptionId }) },
  bulkAdjustment: { caller: 'admin', variables: ({ bulkId }) => ({ id: bulkId }) },
  pointsAudit: { caller: 'admin', variables: ({ memberId }) => ({ memberId }) },
  interactionOffers: { caller: 'member', variables: nothing },
  pointsPartners: { caller: 'admin', variables: nothing },
  tiers: { caller: 'admin', variables: nothing },
  tierLadders: { caller: 'admin', variables: nothing },
};

/** In the order in which {@link Call.success} is what each answers: some need what another has done. */
export const MUTATIONS: Record<string, Call> = {
  assignPointsException: {
    caller: 'admin',
    variables: keyed(({ exceptionId }) => ({ exceptionId, assignee: 'desk' })),
    success: 'PointsExceptionSuccess',
  },
  resolvePointsException: {
    caller: 'admin',
    // It is settled where the refund lies.
    variables: keyed(({ exceptionId }) => ({ exceptionId, resolution: 'DISMISS', note: 'no such sale' })),
    success: 'PointsExceptionError',
  },
  reopenPointsException: {
    caller: 'admin',
    variables: keyed(({ exceptionId }) => ({ exceptionId, note: 'it was real' })),
    success: 'PointsExceptionError',
  },
  resolveUnmatchedRefund: {
    caller: 'admin',
    // It is still more than its sale.
    variables: keyed(({ unmatchedRefundId }) => ({
      refundId: unmatchedRefundId,
      resolution: 'RETRY',
      note: 'try again',
    })),
    success: 'RefundExceedsPurchaseError',
  },
  uploadBulkAdjustment: {
    caller: 'admin',
    variables: keyed(({ bulkId, memberId }) => ({
      bulkId,
      csv: `member_id,amount,reason,reference\n${memberId},5,goodwill,1`,
      firstLine: 3,
    })),
    success: 'BulkAdjustmentSuccess',
  },
  startBulkAdjustment: {
    caller: 'admin',
    variables: keyed(({ bulkId }) => ({ bulkId })),
    success: 'BulkAdjustmentSuccess',
  },
  cancelBulkAdjustment: {
    caller: 'admin',
    // It was started just before, and waits for a second person.
    variables: keyed(({ bulkId }) => ({ bulkId })),
    success: 'BulkAdjustmentError',
  },
  freezeMember: {
    caller: 'admin',
    variables: keyed(({ idleMemberId }) => ({ memberId: idleMemberId, reasonCode: 'CARD_LOST', reason: 'card lost' })),
  },
  unfreezeMember: {
    caller: 'admin',
    variables: keyed(({ idleMemberId }) => ({ memberId: idleMemberId, reasonCode: 'RESOLVED', reason: 'card found' })),
  },
  mergeMembers: {
    caller: 'admin',
    variables: keyed(({ survivorId, loserId }) => ({ survivorId, loserId })),
  },
  writeOffPointsDebt: {
    caller: 'admin',
    // Nobody owes anything here.
    variables: keyed(({ memberId }) => ({ memberId, amount: '5', reason: 'hardship' })),
    success: 'DebtExceededError',
  },
  reinstatePoints: {
    caller: 'admin',
    variables: keyed(({ lapsedMemberId, expiredEntryId }) => ({
      memberId: lapsedMemberId,
      expiryEntryId: expiredEntryId,
      amount: '5',
      reason: 'goodwill',
    })),
  },
  decidePointsApproval: {
    // Another person than the one who asked.
    caller: 'service',
    variables: keyed(({ approvalId }) => ({ approvalId, decision: 'APPROVE' })),
  },
  withdrawPointsApproval: {
    caller: 'admin',
    // It was decided just before.
    variables: keyed(({ approvalId }) => ({ approvalId })),
    success: 'AlreadyDecidedError',
  },
  refreshPointsLiability: { caller: 'admin', variables: keyed(() => ({})) },
  reserveCheckout: {
    caller: 'till',
    // 200.00, gold 10 % off, 20.00 off.
    variables: keyed((ids) => ({ basket: basket(ids), expectedToPay: cny('160.00') })),
  },
  cancelCheckout: { caller: 'till', variables: keyed(({ checkoutId }) => ({ checkoutId })) },
  claimCoupon: { caller: 'member', variables: keyed(({ templateId }) => ({ templateId })) },
  publishCouponTemplate: {
    caller: 'admin',
    variables: keyed((ids) => ({
      ...openCoupon(`CALL-${keys}`, { idempotencyKey: `tenant-${keys}`, nodeId: ids.mallId }),
      scope: { mallIds: [ids.mallId], merchantIds: [ids.merchantId], storeIds: [ids.storeId] },
      funding: [{ party: ids.merchantId, shareBps: 10_000 }],
    })),
    texts: { 'input.funding.0.party': 'merchantId' },
  },
  pauseCouponTemplate: { caller: 'admin', variables: keyed(({ templateId }) => ({ templateId })) },
  publishCheckoutPolicy: {
    caller: 'admin',
    variables: keyed(() => ({ holdMinutes: 15, quoteMinutes: 10, maxCoupons: 3 })),
  },
  enrolCards: {
    caller: 'service',
    variables: keyed(({ mallId }) => ({ homeMallId: mallId, cards: [`CALL-${keys}`] })),
  },
  registerMember: {
    caller: 'till',
    variables: keyed(({ mallId }) => ({ phone: `+86138${String(keys).padStart(8, '0')}`, homeMallId: mallId })),
  },
  showMemberCode: { caller: 'member', variables: keyed(nothing) },
  inviteStaff: {
    caller: 'admin',
    variables: keyed(({ storeId }) => ({
      subject: `called-${keys}`,
      displayName: 'Called',
      role: 'clerk',
      nodeId: storeId,
    })),
    success: 'StaffRolesSuccess',
  },
  grantRole: {
    caller: 'admin',
    variables: keyed(({ staffId, mallId }) => ({ staffId, role: 'auditor', nodeId: mallId })),
    success: 'StaffRolesSuccess',
  },
  revokeRole: {
    caller: 'admin',
    variables: keyed(({ staffId, mallId }) => ({ staffId, role: 'auditor', nodeId: mallId })),
    success: 'StaffRolesSuccess',
  },
  createMallGroup: {
    caller: 'service',
    variables: keyed(({ group }) => ({ code: group, name: 'Story Malls', timeZone: 'Asia/Shanghai', currency: 'CNY' })),
    texts: { 'input.code': 'group' },
  },
  createMall: {
    caller: 'admin',
    variables: keyed(() => ({ code: `m${keys}`, name: 'Mall', timeZone: 'Asia/Shanghai', currency: 'CNY' })),
  },
  createMerchant: {
    caller: 'admin',
    variables: keyed(({ mallId }) => ({ mallId, code: `x${keys}`, name: 'Merchant' })),
  },
  createStore: {
    caller: 'admin',
    variables: keyed(({ merchantId }) => ({ merchantId, code: `S-${keys}`, name: 'Store' })),
  },
  publishContract: {
    caller: 'admin',
    variables: keyed(({ merchantId }) => ({
      merchantId,
      effectiveFrom: LATER,
      pointUnitValue: '0.01',
      pointPriceAtEarn: '0.009',
      burnShareBps: 0,
      couponShareBps: 0,
    })),
    either: [['input.merchantId', 'input.mallId']],
  },
  recordPurchase: { caller: 'till', variables: input((ids) => sale(ids, `CALL-${++keys}`)) },
  recordPurchases: {
    caller: 'till',
    variables: input((ids) => ({ purchases: [sale(ids, `CALL-${++keys}`)] })),
    success: 'RecordPurchaseSuccess',
  },
  refundPurchase: {
    caller: 'till',
    variables: input(({ externalId }) => ({
      sourceSystem: 'till',
      externalId: `CALL-${++keys}`,
      purchaseExternalId: externalId,
      occurredAt: new Date().toISOString(),
      lines: [{ lineNo: 1, amount: cny('1.00') }],
    })),
    texts: { 'input.purchaseExternalId': 'externalId' },
  },
  markMessageRead: { caller: 'member', variables: keyed(({ messageId }) => ({ messageId })) },
  publishMessageTemplate: {
    caller: 'admin',
    variables: keyed(() => ({
      code: 'POINTS_EARNED',
      effectiveFrom: LATER,
      channels: ['INBOX'],
      texts: ['zh-CN', 'en'].map((locale) => ({ locale, title: 'Points', body: '{points}' })),
    })),
  },
  transferPoints: {
    caller: 'member',
    variables: keyed(({ idleMemberId }) => ({ toMemberId: idleMemberId, points: '1' })),
  },
  saveGift: {
    caller: 'admin',
    variables: input(({ merchantId }) => ({ ...cup(`CALL-${++keys}`, merchantId), stock: null })),
    success: 'GiftSuccess',
  },
  changeGiftStatus: {
    caller: 'admin',
    variables: keyed(({ draftGiftId }) => ({ giftId: draftGiftId, status: 'PUBLISHED' })),
    success: 'GiftSuccess',
  },
  changeGiftStock: {
    caller: 'admin',
    variables: keyed(({ giftId }) => ({ giftId, delta: '1', reason: 'counted' })),
    success: 'GiftSuccess',
  },
  orderGift: {
    caller: 'member',
    variables: keyed(({ giftId, storeId }) => ({ giftId, price: '10', delivery: 'PICK_UP', storeId })),
  },
  confirmGiftPayment: {
    caller: 'till',
    variables: keyed(({ unpaidOrderId }) => ({ orderId: unpaidOrderId, amount: cny('1.00'), paymentRef: 'P-1' })),
    success: 'GiftOrderSuccess',
  },
  showGiftCode: { caller: 'member', variables: keyed(({ giftOrderId }) => ({ orderId: giftOrderId })) },
  readyGiftOrder: {
    caller: 'service',
    variables: keyed(({ giftOrderId }) => ({ orderId: giftOrderId })),
    success: 'GiftOrderSuccess',
  },
  shipGiftOrder: {
    caller: 'service',
    variables: keyed(({ shipmentId }) => ({ orderId: shipmentId, trackingRef: 'SF-1' })),
    success: 'GiftOrderSuccess',
  },
  fulfilGiftOrder: {
    caller: 'service',
    variables: keyed(({ digitalOrderId }) => ({ orderId: digitalOrderId })),
    success: 'GiftOrderSuccess',
  },
  returnGift: {
    caller: 'service',
    variables: keyed(({ fulfilledOrderId }) => ({ orderId: fulfilledOrderId })),
    success: 'GiftOrderSuccess',
  },
  cancelGiftOrder: {
    caller: 'member',
    variables: keyed(({ cancellableOrderId }) => ({ orderId: cancellableOrderId })),
    success: 'GiftOrderSuccess',
  },
  adjustPoints: {
    caller: 'admin',
    variables: keyed(({ memberId }) => ({ memberId, amount: '5', reason: 'goodwill' })),
  },
  confirmPurchasePoints: {
    caller: 'admin',
    variables: keyed(({ purchaseId }) => ({ purchaseId })),
  },
  holdPoints: { caller: 'till', variables: keyed((ids) => ({ ...order(ids, `CALL-${keys}`), points: '1' })) },
  capturePointsHold: { caller: 'till', variables: keyed((ids) => ({ ...order(ids, TO_CAPTURE), points: '5' })) },
  releasePointsHold: {
    caller: 'till',
    variables: keyed((ids) => order(ids, TO_RELEASE)),
    success: 'PointsHoldSuccess',
  },
  extendPointsHold: {
    caller: 'till',
    variables: keyed((ids) => order(ids, TO_EXTEND)),
    success: 'PointsHoldSuccess',
  },
  redeemPoints: {
    caller: 'till',
    variables: keyed((ids) => ({ ...order(ids, `CALL-${keys}`), points: '1' })),
    success: 'PointsRedemptionSuccess',
  },
  reversePointsRedemption: {
    caller: 'till',
    variables: keyed((ids) => order(ids, PAID_ORDER)),
    success: 'PointsRedemptionSuccess',
  },
  recordInteraction: {
    caller: 'service',
    variables: keyed(({ memberId, mallId }) => ({ code: 'SIGN-IN', memberId, mallId })),
  },
  registerPartner: {
    caller: 'admin',
    variables: keyed(() => ({ code: `P${keys}`, name: 'Partner' })),
    success: 'PartnerSuccess',
  },
  suspendPartner: {
    caller: 'admin',
    variables: keyed(({ partnerId }) => ({ partnerId, suspended: false })),
    success: 'PartnerSuccess',
  },
  publishPartnerRate: {
    caller: 'admin',
    variables: keyed(({ partnerId }) => ({
      partnerId,
      effectiveFrom: LATER,
      currency: 'CNY',
      issue: { pointsPerUnit: '1', pricePerPoint: '0.01' },
    })),
  },
  exchangePartnerPoints: {
    caller: 'service',
    variables: input(({ partnerId, memberId }) => ({
      partnerId,
      memberId,
      externalId: `X-${++keys}`,
      direction: 'ISSUE',
      units: '10',
    })),
  },
  reversePartnerExchange: {
    caller: 'service',
    variables: keyed(({ partnerId }) => ({ partnerId, externalId: 'WORLD' })),
  },
  draftPointsRule: {
    caller: 'admin',
    variables: keyed((ids) => ({ code: `D-${keys}`, effectiveFrom: LATER, earn: earnAt(ids) })),
    either: [KINDS_OF_RULE],
  },
  publishPointsRule: {
    caller: 'admin',
    variables: keyed((ids) => ({ code: `R-${keys}`, effectiveFrom: LATER, earn: earnAt(ids) })),
    either: [KINDS_OF_RULE],
  },
  approvePointsRule: { caller: 'admin', variables: keyed(({ draftRuleId }) => ({ id: draftRuleId })) },
  activatePointsRule: { caller: 'admin', variables: keyed(({ approvedRuleId }) => ({ id: approvedRuleId })) },
  retirePointsRule: { caller: 'admin', variables: keyed(({ activeRuleId }) => ({ id: activeRuleId })) },
  discardPointsRule: { caller: 'admin', variables: keyed(({ unwantedRuleId }) => ({ id: unwantedRuleId })) },
  publishTierLadder: {
    caller: 'admin',
    variables: keyed(() => ({ effectiveFrom: LATER, tiers: [{ code: 'BASE', rank: 0, names: named('Member') }] })),
  },
};
