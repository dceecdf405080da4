// Makes the graph's rules those of a plan, one verb of the graph after the other. Killed and repeated, it comes to the same.
import { createHash } from 'node:crypto';
import { type GraphQLClient, mutate, UsageError } from '@atrium/platform/operator';
import type { Change, KeptVersion, Plan, RuleVersion } from './plan';
import type { FileError, WantedRule } from './read';
import type { Vocabulary } from './vocabulary';

const RULE = 'kind code effectiveFrom effectiveTo';
/** As many as the graph looks at in one request. */
const BATCH = 500;

export async function readKept(client: GraphQLClient, { selection }: Vocabulary): Promise<KeptVersion[]> {
  const { pointsRules } = await client.ask<{ pointsRules: KeptVersion[] }>(
    `{ pointsRules { id version status ${RULE} ${selection} } }`,
  );
  return pointsRules;
}

type Check = {
  __typename: string;
  message?: string;
  rules?: RuleVersion[];
  faults?: { rule: number; path: string[]; text: string }[];
};

/** The rules with every default filled in, or all that is wrong with them, with its line in the file. */
export async function complete(
  client: GraphQLClient,
  { selection }: Vocabulary,
  wanted: readonly WantedRule[],
): Promise<{ rules: RuleVersion[]; errors: FileError[] }> {
  if (wanted.length > BATCH) throw new UsageError(`A file has at most ${BATCH} rules.`);
  const { check } = await client.ask<{ check: Check }>(
    `query ($rules: [PointsRuleVersionInput!]!) { check: checkPointsRules(input: { rules: $rules }) { __typename
       ... on CheckPointsRulesSuccess { rules { ${RULE} ${selection} } }
       ... on InvalidPointsRulesError { faults { rule path text } } ... on UserError { message } } }`,
    { rules: wanted.map(({ input }) => input) },
  );
  if (check.rules) return { rules: check.rules, errors: [] };
  if (!check.faults) throw new Error(check.message ?? check.__typename);
  const errors = check.faults.map(({ rule, path, text }): FileError => {
    const place = wanted[rule]?.locate(path) ?? { line: 1, column: 1, path: '' };
    return { ...place, text };
  });
  return { rules: [], errors: errors.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** The same wish on top of the same state has the same key: sent twice, it happens once. */
export function keyOf(change: Change): string {
  const of = change.act === 'PUBLISH' ? [change.wanted.input, change.newest] : [change.rule.id];
  return `programme:${createHash('sha256')
    .update(JSON.stringify([change.act, of]))
    .digest('hex')}`;
}

/** Tells of each change after it is done. */
export async function applyPlan(client: GraphQLClient, plan: Plan, done: (change: Change) => void): Promise<void> {
  for (const change of plan.changes) {
    await applyChange(client, change);
    done(change);
  }
}

async function applyChange(client: GraphQLClient, change: Change): Promise<void> {
  const idempotencyKey = keyOf(change);
  const [verb, input] =
    change.act === 'PUBLISH'
      ? ['publishPointsRule', { idempotencyKey, ...change.wanted.input }]
      : ['retirePointsRule', { idempotencyKey, id: change.rule.id }];
  for (let attempt = 1; ; attempt += 1) {
    const result = await mutate(client, verb, input, 'rule { id }');
    if (!('code' in result)) return;
    // Another run of the same file is at the same rule: it will be done in a moment.
    if (result.code === 'IN_PROGRESS' && attempt < 50) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const { kind, code } = change.rule;
    const where = change.act === 'PUBLISH' ? ` (line ${change.wanted.locate([]).line})` : '';
    throw new UsageError(`${kind} ${code}${where}: ${result.refusal} What was done before stays; run apply again.`);
  }
}
