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
  toMemberId: 'idleMemberId',
  survivorId: 'survivorId',
  loserId: 'loserId',
  'memberMerge.id': 'mergeId',
  purchaseId: 'purchaseId',
  ruleVersionId: 'activeRuleId',
  pointsRuleVersionId: 'programmeVersionId',
  couponIds: 'couponId',
  templateId: 'templateId',
  partnerId: 'partnerId',
  checkoutId: 'checkoutId',
  messageId: 'messageId',
  staffId: 'staffId',
  approvalId: 'approvalId',
  exceptionId: 'exceptionId',
  bulkId: 'bulkId',
  'bulkAdjustment.id': 'bulkId',
  refundId: 'unmatchedRefundId',
  'pointsException.id': 'exceptionId',
  'pointsApproval.id': 'approvalId',
  'checkout.id': 'checkoutId',
  giftId: 'giftId',
  orderId: 'giftOrderId',
  'gift.id': 'giftId',
  'giftOrder.id': 'giftOrderId',
  'member.id': 'memberId',
  'mall.id': 'mallId',
  'merchant.id': 'merchantId',
  'store.id': 'storeId',
  'purchase.id': 'purchaseId',
  ruleIds: 'draftRuleId',
  retiredIds: 'activeRuleId',
  'approvePointsRule.id': 'draftRuleId',
  'activatePointsRule.id': 'approvedRuleId',
  'retirePointsRule.id': 'activeRuleId',
  'discardPointsRule.id': 'unwantedRuleId',
  'pointsEntry.id': 'entryId',
  expiryEntryId: 'expiredEntryId',
};

interface Slot {
  path: string;
  names: keyof Ids;
}

interface Field {
  call: Call;
  /** Asks for all that can be reached in a few steps. */
  document: string;
  /** Asks for the thing itself, which whoever may call may see. */
  shallow: string;
  slots: Slot[];
}

type Fields = Readonly<Record<string, GraphQLField<unknown, unknown>>>;

function fieldsOf(kind: 'query' | 'mutation', fields: Fields, calls: Record<string, Call>): Map<string, Field> {
  expect(Object.keys(calls).sort()).toEqual(Object.keys(fields).sort());
  return new Map(
    // In the order of the calls: the graph's own says nothing.
    Object.entries(calls).map(([called, call]) => {
      const field = fields[called] as GraphQLField<unknown, unknown>;
      const ids = idPathsOf(field).map((path): Slot => {
        const name =
          path
            .split('.')
            .filter((part) => !/^\d+$/.test(part))
            .at(-1) ?? '';
        const names = NAMED[name === 'id' ? `${field.name}.id` : name];
        if (names === undefined) throw new Error(`${field.name}: say in NAMED what ${path} names`);
        return { path, names };
      });
      const texts = Object.entries(call.texts ?? {}).map(([path, names]): Slot => ({ path, names }));
      const [document, shallow] = [operationOf(kind, field, 4), operationOf(kind, field, 0)];
      return [field.name, { call, document, shallow, slots: [...ids, ...texts] }];
    }),
  );
}

const REFUSALS = new Set([
  'NotFoundError',
  'InvalidInputError',
  'InvalidPointsRulesError',
  'CouponNotUsableError',
  // A number of one's own that no sale has yet.
  'RefundParked',
]);
const FORBIDDEN = new Set(['FORBIDDEN', 'UNAUTHENTICATED', 'NOT_FOUND']);

/** Null, empty, or a refusal that says no more than that. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.every(isNothing);
  const answer = value as { __typename: string; edges?: unknown[] };
  return REFUSALS.has(answer.__typename) || answer.edges?.length === 0;
}

describe('two mall groups in one graph', () => {
  let graph: StoryGraph;
  let rows: Rows;
  let a: World;
  let b: World;
  let queries: Map<string, Field>;
  let mutations: Map<string, Field>;
  /** Everything that names something of group A. */
  let secrets: string[];
  let before: [Record<string, string>, Record<string, string>];

  const state = async (): Promise<typeof before> => {
    await graph.settled();
    await rows.quiet();
    return [await rows.fingerprints(a.ids.groupId), await rows.fingerprints(b.ids.groupId)];
  };

  beforeAll(async () => {
    graph = await startStoryGraph();
    a = await makeWorld(graph, 'ALPHA');
    b = await makeWorld(graph, 'BETA');
    rows = await openRows(graph.databases);
    const schema = buildClientSchema(await a.callers.admin.ask<IntrospectionQuery>(getIntrospectionQuery()));
    queries = fieldsOf('query', schema.getQueryType()?.getFields() ?? {}, QUERIES);
    mutations = fieldsOf('mutation', schema.getMutationType()?.getFields() ?? {}, MUTATIONS);
    secrets = Object.entries(a.ids).flatMap(([name, id]) => (name === 'externalId' || name === 'group' ? [] : [id]));
    // Her own group sees them: what is looked for below can be found.
    const { document = '' } = queries.get('member') ?? {};
    expect(leaks(await a.callers.admin.send(document, { id: a.ids.memberId })).length).toBeGreaterThan(2);
    expect(secrets.every((secret) => secret.length >= 8)).toBe(true);
    before = await state();
  });
  afterAll(async () => {
    await rows?.close();
    await graph?.end();
  });

  const leaks = (reply: Pick<GraphQLReply<unknown>, 'data' | 'errors'>, known: object = {}) => {
    const text = JSON.stringify([reply.data, reply.errors]);
    return secrets.filter((secret) => text.includes(secret) && !JSON.stringify(known).includes(secret));
  };

  async function askForeign(fields: Map<string, Field>): Promise<{ asked: number; wrong: string[] }> {
    const wrong: string[] = [];
    const tasks: (() => Promise<void>)[] = [];
    for (const [name, { call, document, slots }] of fields) {
      for (const { path, names } of slots) {
        for (const caller of CALLERS) {
          let variables: unknown = call.variables(b.ids);
          for (const group of call.either ?? []) {
            const mine = group.find((one) => path === one || path.startsWith(`${one}.`));
            for (const other of mine === undefined ? [] : group) {
              if (other !== mine) variables = withValue(variables, other.split('.'), undefined);
            }
          }
          variables = withValue(variables, path.split('.'), a.ids[names]);
          tasks.push(async () => {
            const reply = await b.callers[caller].send<{ result: unknown }>(document, variables as object);
            const codes = reply.errors.map(({ extensions }) => String(extensions?.['code']));
            const fine = isNothing(reply.data?.result) && codes.every((code) => FORBIDDEN.has(code));
            if (fine && leaks(reply).length === 0) return;
            wrong.push(`${name}, ${path} of the other group, by ${caller}: ${JSON.stringify(reply).slice(0, 400)}`);
          });
        }
      }
    }
    // Some wait for what another service may have to say first.
    await inFlight(16, tasks);
    const asked = tasks.length;
    return { asked, wrong };
  }

  it('every query with an id of the other group answers nothing', async () => {
    const { asked, wrong } = await askForeign(queries);
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(13 * CALLERS.length);
    expect(await state()).toEqual(before);
  });

  it('every mutation with an id of the other group is refused, and changes neither group', async () => {
    const { asked, wrong } = await askForeign(mutations);
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(28 * CALLERS.length);
    const [ofA, ofB] = await state();
    expect(ofA).toEqual(before[0]);
    // B's own refunds wait for a sale of B's with that number.
    const { 'merchant-settlement.refund_request': waiting, ...rest } = ofB;
    const { 'merchant-settlement.refund_request': none, ...restBefore } = before[1];
    expect(rest).toEqual(restBefore);
    expect([waiting?.split(' ')[0], none?.split(' ')[0]]).toEqual(['3', '1']);
  });

  it('the same calls about her own group are answered: only the id made the difference', async () => {
    const wrong: string[] = [];
    for (const [kind, fields] of [['query', queries] as const, ['mutation', mutations] as const]) {
      for (const [name, { call, shallow }] of fields) {
        const reply = await b.callers[call.caller].send<{ result: unknown }>(shallow, call.variables(b.ids));
        const success = call.success ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
        const single = [reply.data?.result].flat()[0];
        const type = (single as { __typename?: string } | null | undefined)?.__typename;
        const fine = kind === 'query' ? !isNothing(reply.data?.result) : type === success;
        if (!fine || reply.errors.length > 0 || leaks(reply).length > 0) {
          wrong.push(`${name}: ${JSON.stringify(reply).slice(0, 600)}`);
        }
        // What a template's pause stops, the next call needs.
        if (name === 'pauseCouponTemplate') {
          const input = { idempotencyKey: 'resume', templateId: b.ids.templateId, paused: false };
          await mustMutate(b.callers.admin, 'pauseCouponTemplate', input, '__typename');
        }
      }
    }
    expect(wrong).toEqual([]);
    expect((await state())[0]).toEqual(before[0]);
  });

  it('the same number of a sale is another sale in another group', async () => {
    const { externalId, memberId } = a.ids;
    const statement = { sourceSystem: 'till', externalId, storeId: b.ids.storeId, lines: [line(1, '1.00')] };
    const input = { ...statement, occurredAt: new Date().toISOString() };
    type Answer = { duplicate: boolean; purchase: { id: string } };
    const made = await mustMutate<Answer>(b.callers.till, 'recordPurchase', input, 'duplicate purchase { id }');
    expect(made.duplicate).toBe(false);
    expect(made.purchase.id).not.toBe(a.ids.purchaseId);
    const stolen = await mutate(b.callers.till, 'recordPurchase', { ...input, member: { memberId } }, '__typename');
    expect(stolen.__typename).not.toBe('RecordPurchaseSuccess');
    expect((await state())[0]).toEqual(before[0]);
  });

  it('a token of one group that names places of another opens nothing', async () => {
    const { groupId } = b.ids;
    const { storeId, memberId } = a.ids;
    const claims = [
      { kind: 'TILL' as const, group: groupId, store: storeId },
      { kind: 'MEMBER' as const, group: groupId, member: memberId },
      { kind: 'STAFF' as const, group: groupId, grants: [{ role: 'group-admin' as const, node: a.ids.groupId }] },
    ];
    for (const claim of claims) {
      const headers = {
        authorization: `Bearer ${await graph.token('mixed', claim)}`,
        'content-type': 'application/json',
      };
      for (const [name, { call, document }] of [...queries, ...mutations]) {
        const variables = call.variables(a.ids);
        const response = await fetch(graph.url, {
          method: 'POST',
          headers,
          body: JSON.stringify({ query: document, variables }),
        });
        const reply = (await response.json()) as GraphQLReply<unknown>;
        // `viewer` tells a token's own grants.
        expect([name, leaks(reply, claim)]).toEqual([name, []]);
      }
    }
    expect((await state())[0]).toEqual(before[0]);
  });

  it('what the subgraphs tell the gateway is not in the API', async () => {
    for (const document of [
      '{ _service { sdl } }',
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    ]) {
      const reply = await a.callers.admin.send(document, { r: [{ __typename: 'Member', id: b.ids.memberId }] });
      expect([reply.data, reply.errors[0]?.extensions?.['code']]).toEqual([null, 'GRAPHQL_VALIDATION_FAILED']);
    }
  });
});
