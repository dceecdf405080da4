import {
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  type Locale,
  NotFoundError,
  PublicError,
  refusals,
} from '@atrium/platform';
import type { InvalidInput } from '../domain/registration';

export const refuse = refusals({
  MEMBER_ALREADY_EXISTS: {
    en: {
      message: 'This phone number or card belongs to a member already.',
      remedy: 'Look the member up by the phone number or the card.',
    },
    'zh-CN': { message: '该手机号或会员卡已属于一位会员。', remedy: '请用手机号或卡号查找该会员。' },
  },
  NOT_ELIGIBLE: {
    en: { message: 'This membership cannot show a code now.', remedy: 'Ask customer service.' },
    'zh-CN': { message: '该会员目前无法出示会员码。', remedy: '请联系客服。' },
  },
  NOT_ACTIVE: {
    en: { message: 'Only an active member can be frozen.', remedy: "Look at the member's status." },
    'zh-CN': { message: '只有正常状态的会员可以冻结。', remedy: '请查看会员状态。' },
  },
  NOT_FROZEN: {
    en: { message: 'This member is not frozen.', remedy: "Look at the member's status." },
    'zh-CN': { message: '该会员未被冻结。', remedy: '请查看会员状态。' },
  },
  SAME_MEMBER: {
    en: { message: 'This is one and the same membership.', remedy: 'Name two different members.' },
    'zh-CN': { message: '这是同一个会员。', remedy: '请指定两个不同的会员。' },
  },
  ALREADY_MERGED: {
    en: { message: 'One of them was merged already.', remedy: "Look at the member's `mergedInto`." },
    'zh-CN': { message: '其中一位会员已被合并。', remedy: '请查看该会员的 mergedInto。' },
  },
  MEMBER_NOT_ACTIVE: {
    en: {
      message: 'Only active members can be merged.',
      remedy: 'Release a frozen member first; a membership that is being closed stays as it is.',
    },
    'zh-CN': { message: '只有正常状态的会员可以合并。', remedy: '请先解除冻结；正在注销的会员不能合并。' },
  },
  MERGE_IN_PROGRESS: {
    en: { message: 'One of them is being merged at this moment.', remedy: 'Wait until that merge has ended.' },
    'zh-CN': { message: '其中一位会员正在合并中。', remedy: '请等待该合并结束。' },
  },
  OPEN_HOLDS: {
    en: {
      message: 'Points of one of them are held for an order.',
      remedy: 'Capture or release the hold, or wait until it ends, then merge again.',
    },
    'zh-CN': { message: '其中一位会员有积分被订单冻结。', remedy: '请完成或释放该订单，或等待其到期后重试。' },
  },
  OPEN_TRANSFERS: {
    en: { message: 'Points are on their way from or to one of them.', remedy: 'Merge again in a moment.' },
    'zh-CN': { message: '其中一位会员有转赠中的积分。', remedy: '请稍后重试。' },
  },
  OPEN_LOCKS: {
    en: {
      message: 'One of them has a basket set aside.',
      remedy: 'Pay or cancel it, or wait until it ends, then merge again.',
    },
    'zh-CN': { message: '其中一位会员有已锁定的待付订单。', remedy: '请付款或取消，或等待其到期后重试。' },
  },
  OWN_ROLE: {
    en: { message: 'Nobody changes their own roles.', remedy: 'Ask another administrator.' },
    'zh-CN': { message: '不能更改自己的角色。', remedy: '请联系其他管理员。' },
  },
  ROLE_NOT_YOURS_TO_GIVE: {
    en: { message: 'Your own role does not let you give or take this one.', remedy: 'Ask an administrator above you.' },
    'zh-CN': { message: '您的角色无权授予或收回该角色。', remedy: '请联系上级管理员。' },
  },
  ROLE_NOT_AT_THIS_NODE: {
    en: { message: 'This role does not stand at this kind of node.', remedy: 'Choose a node that fits the role.' },
    'zh-CN': { message: '该角色不能授予在此类节点上。', remedy: '请选择适合该角色的节点。' },
  },
});

const RETRY_AFTER_MS = 250;

/** The refusals that several verbs share, as the graph says them. */
export function sharedRefusal(
  refusal: InvalidInput | IdempotencyRefusal | { code: 'NOT_FOUND' },
  locale: Locale,
): InvalidInputError | IdempotencyConflictError | InProgressError | NotFoundError {
  switch (refusal.code) {
    case 'INVALID_INPUT':
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: refusal.path }, { reason: refusal.reason });
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: RETRY_AFTER_MS });
  }
}

/** A key is the caller's own text; without one a repeat could not be told from a new request. */
export function requireKey(key: string): string {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new PublicError('BAD_REQUEST', '`idempotencyKey` must be 1 to 200 visible ASCII characters.');
  }
  return key;
}
