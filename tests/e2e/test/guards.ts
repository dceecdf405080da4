// Who may ask what of the points service: said once more, beside the code, so that a slip in either is a difference.
import { type Permission, permissionsOf, type Role, TILL_REACH } from '@atrium/platform';

export type NodeName = 'group' | 'mall' | 'merchant' | 'store' | 'otherMall' | 'otherMerchant' | 'otherStore';

/** From a node up to the group. */
export const ABOVE: Readonly<Record<NodeName, readonly NodeName[]>> = {
  group: ['group'],
  mall: ['mall', 'group'],
  merchant: ['merchant', 'mall', 'group'],
  store: ['store', 'merchant', 'mall', 'group'],
  otherMall: ['otherMall', 'group'],
  otherMerchant: ['otherMerchant', 'otherMall', 'group'],
  otherStore: ['otherStore', 'otherMerchant', 'otherMall', 'group'],
};

export interface Guard {
  /** For staff, tills and services; null: members only. */
  permission: Permission | null;
  /** A second permission at the same node. */
  also?: Permission;
  /** Where a role must be held: at this node or above it, or anywhere in the group (members belong to no shop). */
  at: NodeName | 'anywhere';
  /** Which members may: the one it is about, every one, or none. */
  members?: 'self' | 'every';
  /** Also for whoever is not signed in. */
  public?: true;
  /** Everybody who is signed in. */
  open?: true;
}

const everywhere = (permission: Permission, members?: Guard['members']): Guard => ({
  permission,
  at: 'anywhere',
  ...(members ? { members } : {}),
});
const PUBLIC: Guard = { permission: null, at: 'anywhere', members: 'every', public: true };
const ofGroup = (permission: Permission): Guard => ({ permission, at: 'group' });

/** Every field of Query and Mutation that the points service owns. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  pointsRules: everywhere('points:read'),
  checkPointsRules: ofGroup('points:rules'),
  pointsLiability: ofGroup('settlement:read'),
  refreshPointsLiability: ofGroup('settlement:read'),
  pointsStatement: everywhere('points:read', 'self'),
  previewPoints: ofGroup('points:rules'),
  previewPointsRules: ofGroup('points:rules'),
  pointsEntry: everywhere('points:read', 'self'),
  pointsLedgerBlocks: PUBLIC,
  pointsLedgerBlock: PUBLIC,
  verifyPointsProof: PUBLIC,
  gifts: { permission: null, at: 'anywhere', open: true },
  gift: { permission: null, at: 'anywhere', open: true },
  giftOrder: { permission: 'gift:read', at: 'store', members: 'self' },
  giftOrders: { permission: 'gift:read', at: 'mall' },
  saveGift: { permission: 'gift:manage', at: 'merchant' },
  changeGiftStatus: { permission: 'gift:manage', at: 'merchant' },
  changeGiftStock: { permission: 'gift:manage', at: 'merchant' },
  transferPoints: { permission: null, at: 'anywhere', members: 'every' },
  orderGift: { permission: null, at: 'anywhere', members: 'every' },
  confirmGiftPayment: { permission: 'gift:pay', at: 'store' },
  showGiftCode: { permission: null, at: 'anywhere', members: 'self' },
  readyGiftOrder: { permission: 'gift:fulfil', at: 'store' },
  shipGiftOrder: { permission: 'gift:fulfil', at: 'merchant' },
  fulfilGiftOrder: { permission: 'gift:fulfil', at: 'merchant' },
  returnGift: { permission: 'gift:fulfil', at: 'merchant' },
  cancelGiftOrder: { permission: 'gift:fulfil', at: 'store', members: 'self' },
  pointsApprovals: everywhere('desk:read'),
  pointsApproval: everywhere('desk:read'),
  pointsAudit: everywhere('audit:read'),
  interactionOffers: { permission: null, at: 'anywhere', members: 'every' },
  recordInteraction: everywhere('points:interact', 'self'),
  pointsPartners: everywhere('points:read'),
  registerPartner: ofGroup('partner:manage'),
  suspendPartner: ofGroup('partner:manage'),
  publishPartnerRate: ofGroup('partner:manage'),
  exchangePartnerPoints: everywhere('partner:exchange'),
  reversePartnerExchange: everywhere('partner:exchange'),
  bulkAdjustment: everywhere('desk:read'),
  uploadBulkAdjustment: ofGroup('points:adjust'),
  startBulkAdjustment: ofGroup('points:adjust'),
  cancelBulkAdjustment: ofGroup('points:adjust'),
  pointsExceptions: everywhere('desk:read'),
  pointsException: everywhere('desk:read'),
  assignPointsException: everywhere('desk:resolve'),
  resolvePointsException: everywhere('desk:resolve'),
  reopenPointsException: everywhere('desk:resolve'),
  adjustPoints: everywhere('points:adjust'),
  draftPointsRule: ofGroup('points:rules'),
  approvePointsRule: ofGroup('points:rules'),
  activatePointsRule: ofGroup('points:rules'),
  retirePointsRule: ofGroup('points:rules'),
  discardPointsRule: ofGroup('points:rules'),
  publishPointsRule: { ...ofGroup('points:rules'), also: 'points:approve' },
  writeOffPointsDebt: everywhere('points:adjust'),
  reinstatePoints: everywhere('points:adjust'),
  confirmPurchasePoints: { permission: 'points:adjust', at: 'store' },
  withdrawPointsApproval: everywhere('points:adjust'),
  decidePointsApproval: ofGroup('points:approve'),
  quoteRefund: { permission: 'purchase:refund', at: 'store' },
  quotePoints: { permission: 'checkout:reserve', at: 'store', members: 'self' },
  holdPoints: { permission: 'checkout:reserve', at: 'store' },
  capturePointsHold: { permission: 'checkout:reserve', at: 'store' },
  releasePointsHold: { permission: 'checkout:reserve', at: 'store' },
  extendPointsHold: { permission: 'checkout:reserve', at: 'store' },
  redeemPoints: { permission: 'checkout:reserve', at: 'store' },
  reversePointsRedemption: { permission: 'purchase:refund', at: 'store' },
};

export type Who =
  | { kind: 'STAFF'; role: Role; node: NodeName }
  | { kind: 'TILL'; node: 'store' | 'otherStore' }
  | { kind: 'SERVICE'; permissions: readonly Permission[] }
  | { kind: 'MEMBER'; self: boolean }
  | { kind: 'ANONYMOUS' };

export function mayAsk(who: Who, { also, ...guard }: Guard): boolean {
  if (guard.public) return true;
  if (guard.open) return who.kind !== 'ANONYMOUS';
  return mayAskOne(who, guard) && (also === undefined || mayAskOne(who, { ...guard, permission: also }));
}

function mayAskOne(who: Who, { permission, at, members }: Guard): boolean {
  switch (who.kind) {
    case 'ANONYMOUS':
      return false;
    case 'MEMBER':
      return members === 'every' || (members === 'self' && who.self);
    case 'SERVICE':
      return permission !== null && who.permissions.includes(permission);
    case 'STAFF': {
      if (permission === null || !permissionsOf(who.role).includes(permission)) return false;
      return at === 'anywhere' || ABOVE[at].includes(who.node);
    }
    case 'TILL': {
      const reach = permission === null ? undefined : TILL_REACH[permission];
      if (reach === undefined) return false;
      if (at === 'anywhere' || reach === 'group') return true;
      return reach === 'mall' ? ABOVE[who.node].includes(ABOVE[at].at(-2) ?? at) : who.node === at;
    }
  }
}
