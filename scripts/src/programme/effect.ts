// Whom a plan affects: the latest sales, rated again as if it had held.
import type { GraphQLClient } from '@atrium/platform/operator';
import type { Plan } from './plan';
import type { Effect } from './print';

const SAMPLE = 200;

export async function readEffect(client: GraphQLClient, plan: Plan): Promise<Effect> {
  const rules = plan.changes.flatMap((change) => (change.act === 'PUBLISH' ? [change.wanted.input] : []));
  const retiredIds = plan.changes.flatMap((change) => (change.act === 'RETIRE' ? [change.rule.id] : []));
  type Answer = { __typename: string; message?: string; effect?: Effect };
  const { result } = await client.ask<{ result: Answer }>(
    `query ($input: PreviewPointsRulesInput!) { result: previewPointsRules(input: $input) { __typename
       ... on PreviewPointsRulesSuccess { effect { members sales changed membersChanged from to
         points { before after } growth { before after } merchants { merchantId sales points { before after } } } }
       ... on UserError { message } } }`,
    { input: { rules, retiredIds, sample: SAMPLE } },
  );
  if (!result.effect) throw new Error(result.message ?? result.__typename);
  return result.effect;
}
