import { type Locale, refusals } from '@atrium/platform';
import type { BulkFault } from '../use-cases/bulk-adjustment';
import type { ApprovalStatus } from '../domain/approval';
import type { BulkReject, BulkStatus } from '../domain/bulk';
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
  STILL_WAITING: {
    en: {
      message: 'The refund still waits for its sale.',
      remedy: 'Find the sale, or dismiss it when the waiting is over.',
    },
    'zh-CN': { message: '该退款仍在等待对应的销售。', remedy: '请查找该销售，或在等待期结束后驳回。' },
  },
  NOT_DISMISSED: {
    en: { message: 'Only what was dismissed here can be opened again.', remedy: 'Look at its outcome.' },
    'zh-CN': { message: '只有在此被驳回的异常才能重新打开。', remedy: '请查看处理结果。' },
  },
  SETTLED_ELSEWHERE: {
    en: { message: 'This is settled by {verb}; it then closes by itself.', remedy: 'Call {verb}.' },
    'zh-CN': { message: '该异常由 {verb} 处理，处理后会自动关闭。', remedy: '请调用 {verb}。' },
  },
  WRONG_STATUS: {
    en: { message: 'The file is {status}.', remedy: 'Look at the file; upload a new one if it is over.' },
    'zh-CN': { message: '文件当前状态：{status}。', remedy: '请查看该文件；如已结束，请重新上传。' },
  },
  NOTHING_TO_DO: {
    en: { message: 'No line of the file can be posted.', remedy: 'Look at its rejects, and upload a correct file.' },
    'zh-CN': { message: '文件中没有可处理的行。', remedy: '请查看被拒绝的行并上传正确的文件。' },
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

type Words = Readonly<Record<Locale, string>>;

export const BULK_FAULTS: Readonly<Record<BulkFault, Words>> = {
  CSV: { en: 'this is no CSV text', 'zh-CN': '不是有效的 CSV 文本' },
  HEADER: {
    en: 'the first line names the columns member_id, amount, reason and reference',
    'zh-CN': '首行须为列名 member_id、amount、reason、reference',
  },
  NO_LINES: { en: 'there are no lines', 'zh-CN': '没有数据行' },
  TOO_MANY_LINES: { en: 'a file has at most 50,000 lines', 'zh-CN': '文件最多 50,000 行' },
  FIRST_LINE: { en: 'a line number is 1 or more', 'zh-CN': '行号须大于等于 1' },
  LINES_TWICE: { en: 'lines with these numbers are there already', 'zh-CN': '这些行号已存在' },
  REASON_CODE: { en: 'the programme has no such reason code', 'zh-CN': '积分方案中没有该原因代码' },
  NO_PROGRAMME: { en: 'no points programme is in force', 'zh-CN': '当前没有生效的积分方案' },
};

/** Why a line was not posted. */
export const BULK_REJECT_TEXTS: Readonly<Record<BulkReject, Words>> = {
  COLUMNS: { en: 'The line has too few or too many columns.', 'zh-CN': '列数不正确。' },
  MEMBER_ID: { en: 'member_id is no id.', 'zh-CN': 'member_id 不是有效编号。' },
  UNKNOWN_MEMBER: { en: 'There is no such member.', 'zh-CN': '会员不存在。' },
  AMOUNT: { en: 'amount is no whole number of points other than 0.', 'zh-CN': 'amount 须为非零整数。' },
  REASON: { en: 'reason has 3 to 500 characters.', 'zh-CN': 'reason 须为 3 至 500 个字符。' },
  REFERENCE: { en: 'reference has at most 200 characters.', 'zh-CN': 'reference 最多 200 个字符。' },
  INSUFFICIENT_POINTS: { en: 'The member had fewer points.', 'zh-CN': '会员积分不足。' },
};

export const BULK_STATUS_TEXTS: Readonly<Record<BulkStatus, Words>> = {
  DRAFT: { en: 'not started', 'zh-CN': '未开始' },
  AWAITING_APPROVAL: { en: 'waiting for a second person', 'zh-CN': '等待第二人审批' },
  RUNNING: { en: 'being worked off', 'zh-CN': '处理中' },
  DONE: { en: 'done', 'zh-CN': '已完成' },
  CANCELLED: { en: 'cancelled', 'zh-CN': '已取消' },
  REJECTED: { en: 'rejected', 'zh-CN': '未获批准' },
};
