import { getIntrospectionQuery, buildClientSchema, type GraphQLField, type IntrospectionQuery } from 'graphql';
import { type GraphQLReply, mustMutate, mutate, inFlight } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { idPathsOf, operationOf, withValue } from './operations';
import { openRows, type Rows } from './rows';
import { type Call, MUTATIONS, QUERIES } from './tenant-calls';
import { CALLERS, type Ids, line, makeWorld, type World } from './world';

/** What an input of type ID names, by its own name, or by the field's where it is only `id`. */
const NAMED: Record<string, keyof Ids> = {
  groupId: 'groupId',
  storeId: 'storeId',
  storeIds: 'storeId',
  mallId: 'mallId',
  mallIds: 'mallId',
  homeMallId: 'mallId',
  nodeId: 'mallId',
  merchantId: 'merchantId',
  merchantIds: 'merchantId',
  memberId: 'memberId',
  couponIds: 'couponId',
  templateId: 'templateId',
  checkoutId: 'checkoutId',
  messageId: 'messageId',
  staffId: 'staffId',
  'checkout.id': 'checkoutId',
  'member.id': 'memberId',
  'mall.id': 'mallId',
  'merchant.id': 'merchantId',
  'store.id': 'storeId',
  'purchase.id': 'purchaseId',
  'approvePointsRule.id': 'draftRuleId',
  'activatePointsRule.id': 'approvedRuleId',
  'retirePointsRule.id': 'activeRuleId',
  'discardPointsRule.id': 'unwantedRuleId',
