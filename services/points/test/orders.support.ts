// Orders that points pay for, as a till asks about them.
import { type Caller } from '@atrium/platform';
import { memberId, type Service, STORE } from './support';

export const till: Partial<Caller> = { kind: 'TILL', id: 'till-1', storeId: STORE };
export const park: Partial<Caller> = {
  kind: 'SERVICE',
  id: 'park',
  permissions: ['checkout:reserve', 'purchase:refund'],
};

const HOLD = `hold { id status points captured extended expiresAt orderNumber value { amount } }`;
const REDEMPTION = `redemption { id points returned value { amount } returnedValue { amount } }`;
const ACCOUNT = `account { available held }`;
const ERROR = `... on UserError { code message } ... on InvalidInputError { path }`;
const SPEND = `... on PointsNotAllowedError { reason allowed } ... on PointsAlreadyHeldError { hold { id } }
  ... on InsufficientPointsError { available }`;
const CLOSED = `... on PointsHoldClosedError { status }`;
/** Input type, and what is read of success and refusals. */
const VERBS = {
  holdPoints: ['HoldPointsInput', `... on HoldPointsSuccess { ${HOLD} ${ACCOUNT} } ${SPEND}`],
  capturePointsHold: [
    'CapturePointsHoldInput',
    `... on CapturePointsHoldSuccess { ${HOLD} ${REDEMPTION} ${ACCOUNT} } ${CLOSED}
     ... on PointsHoldExpiredError { available requested } ... on PointsHoldExceededError { held }`,
  ],
  releasePointsHold: ['PointsHoldInput', `... on PointsHoldSuccess { ${HOLD} ${ACCOUNT} } ${CLOSED}`],
  extendPointsHold: ['PointsHoldInput', `... on PointsHoldSuccess { ${HOLD} ${ACCOUNT} } ${CLOSED}`],
  redeemPoints: ['RedeemPointsInput', `... on PointsRedemptionSuccess { ${REDEMPTION} ${ACCOUNT} } ${SPEND}`],
  reversePointsRedemption: [
    'ReversePointsRedemptionInput',
    `... on PointsRedemptionSuccess { ${REDEMPTION} ${ACCOUNT} } ... on PointsRedemptionExceededError { left }`,
  ],
} as const;

let keys = 0;
export type Answer = Record<string, unknown> & { hold: { id: string; expiresAt: string } };
export type AskOrder = (
  verb: keyof typeof VERBS,
  of: string,
  number: string,
  more?: object,
  caller?: Partial<Caller>,
) => Promise<Answer>;

/** Asks a verb about an order of a member: at the store's till, unless `more` or the caller say otherwise. */
export const orders =
  (service: () => Service): AskOrder =>
  async (verb, of, number, more = {}, caller = till) => {
    const [type, answers] = VERBS[verb];
    const { kind = 'POS', nodeId = STORE, ...fields } = more as { kind?: string; nodeId?: string };
    const input = { idempotencyKey: `k${++keys}`, memberId: memberId(of), order: { kind, nodeId, number }, ...fields };
    const { answer } = await service()
      .as(caller)
      .ask<{ answer: Answer }>(
        `mutation($input: ${type}!) { answer: ${verb}(input: $input) { __typename ${answers} ${ERROR} } }`,
        { input },
      );
    return answer;
  };

export const food = (amount: string) => [{ category: 'FOOD', toPay: { amount, currency: 'CNY' } }];
export const paying = (points: string, amount = '200.00') => ({ points, lines: food(amount) });
