import { UserError } from '@atrium/platform';
import { ObjectType } from 'type-graphql';

@ObjectType({
  implements: UserError,
  description: 'The account is frozen: it earns, but nothing can be spent or given away until it is released.',
})
export class AccountFrozenError extends UserError {}

/** The words, for each feature's `refusals({ ...ACCOUNT_FROZEN, … })`. */
export const ACCOUNT_FROZEN = {
  ACCOUNT_FROZEN: {
    en: { message: 'This account is frozen: points cannot be spent.', remedy: 'Ask customer service why.' },
    'zh-CN': { message: '该账户已冻结，积分暂不可使用。', remedy: '请联系客服了解原因。' },
  },
};
