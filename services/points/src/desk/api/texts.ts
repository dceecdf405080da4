import { type Locale, refusals } from '@atrium/platform';
import type { ApprovalStatus } from '../domain/approval';
import type { WishFault } from '../domain/wish';

export const refuse = refusals({
  APPROVAL_REQUIRED: {
    en: { message: 'This needs a second person; the wish is kept.', remedy: 'Ask somebody who may approve it.' },
    'zh-CN': { message: '该操作需要第二人审批，申请已保存。', remedy: '请有审批权限的同事处理。' },
  },
  DEBT_EXCEEDED: {
    en: { message: '{owed} points are owed, not {requested}.', remedy: 'Write off what is owed, or less.' },
    'zh-CN': { message: '欠分为 {owed}，少于 {requested}。', remedy: '免除数量不得超过欠分。' },
  },
  REINSTATEMENT_EXCEEDED: {
    en: { message: '{reinstatable} points can be given again there, not {requested}.', remedy: 'Ask for fewer.' },
    'zh-CN': { message: '该笔过期积分最多可恢复 {reinstatable}，少于 {requested}。', remedy: '请减少数量。' },
  },
  OWN_REQUEST: {
    en: { message: 'Nobody decides what they asked for themselves.', remedy: 'Ask somebody else who may approve it.' },
    'zh-CN': { message: '不能审批自己提交的申请。', remedy: '请其他有审批权限的同事处理。' },
  },
  NOT_YOURS: {
    en: { message: 'Only who asked for it takes it back.', remedy: 'Reject it instead, if you may approve it.' },
    'zh-CN': { message: '只有申请人可以撤回。', remedy: '如有审批权限，请改为拒绝。' },
  },
  ALREADY_DECIDED: {
    en: { message: 'This is over already: {status}.', remedy: 'Ask for it anew if it is still wanted.' },
    'zh-CN': { message: '该申请已结束：{status}。', remedy: '如仍需要，请重新申请。' },
  },
  NO_PROGRAMME: {
    en: { message: 'No points programme is in force.', remedy: 'Publish a programme first.' },
    'zh-CN': { message: '当前没有生效的积分方案。', remedy: '请先发布积分方案。' },
  },
  ALREADY_RESOLVED: {
    en: { message: 'This is settled already.', remedy: 'Open it again if it was dismissed too soon.' },
    'zh-CN': { message: '该异常已处理。', remedy: '如驳回有误，请重新打开。' },
  },
  STILL_MISSING: {
    en: { message: 'The sale is still not here.', remedy: 'Find out why it did not arrive, or dismiss the refund.' },
    'zh-CN': { message: '对应的销售仍未到达。', remedy: '请查明原因，或驳回该退款。' },
  },
  NOT_DISMISSED: {
    en: { message: 'Only what was dismissed here can be opened again.', remedy: 'Look at its outcome.' },
    'zh-CN': { message: '只有在此被驳回的异常才能重新打开。', remedy: '请查看处理结果。' },
  },
  SETTLED_ELSEWHERE: {
    en: { message: 'This is settled by {verb}; it then closes by itself.', remedy: 'Call {verb}.' },
    'zh-CN': { message: '该异常由 {verb} 处理，处理后会自动关闭。', remedy: '请调用 {verb}。' },
  },
  NOT_POSSIBLE: {
    en: { message: 'This is not possible any more as things are now.', remedy: 'Reject it, or wait until it is.' },
    'zh-CN': { message: '以目前的情况已无法执行。', remedy: '请拒绝该申请，或待条件满足后再审批。' },
  },
});

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<WishFault | 'ASSIGNEE_LENGTH', Readonly<Record<Locale, string>>>> = {
  ZERO: { en: 'the amount must not be 0', 'zh-CN': '数量不能为 0' },
  NOT_POSITIVE: { en: 'the amount must be more than 0', 'zh-CN': '数量必须大于 0' },
  REASON_LENGTH: { en: 'a reason has 3 to 500 characters', 'zh-CN': '原因须为 3 至 500 个字符' },
  REASON_CODE: { en: 'the programme has no such reason code', 'zh-CN': '积分方案中没有该原因代码' },
  NOTE_LENGTH: { en: 'a note has 3 to 500 characters', 'zh-CN': '备注须为 3 至 500 个字符' },
  ASSIGNEE_LENGTH: { en: 'an assignee has 1 to 200 characters', 'zh-CN': '处理人须为 1 至 200 个字符' },
  ATTACHMENT: {
    en: 'an attachment is either an https address or the id of a document, with a SHA-256 in lower-case hex or none',
    'zh-CN': '附件须为 https 地址或文档编号之一，SHA-256（可选）须为小写十六进制',
  },
  NO_PROGRAMME: { en: 'no points programme is in force', 'zh-CN': '当前没有生效的积分方案' },
  TOO_LARGE: { en: 'the amount is too large', 'zh-CN': '数量过大' },
};

/** What became of a wish, as it stands in a sentence. */
export const STATUSES: Readonly<Record<ApprovalStatus, Readonly<Record<Locale, string>>>> = {
  APPROVED: { en: 'approved', 'zh-CN': '已批准' },
  REJECTED: { en: 'rejected', 'zh-CN': '已拒绝' },
  WITHDRAWN: { en: 'withdrawn', 'zh-CN': '已撤回' },
  EXPIRED: { en: 'lapsed', 'zh-CN': '已过期' },
  PENDING: { en: 'pending', 'zh-CN': '待审批' },
};
