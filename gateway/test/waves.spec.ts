import type { FetchNode } from '@apollo/query-planner';
import { EntityRequest } from '../src/execute/entity-request';
import { MergedRequests } from '../src/execute/merged-request';
import type { SubgraphAnswer, SubgraphCall } from '../src/execute/run';
import { Wave } from '../src/execute/wave';

const NAMES = '{...on Ware{name}}';
const MAKERS = '{...on Ware{maker(n:$n){id}}}';

/** A request of a plan, as the planner writes it. */
function request(selection: string, change: Partial<FetchNode> = {}): EntityRequest {
  const declared = selection.includes('$n') ? ',$n:Int' : '';
  const operation = `query Q__wares__1($representations:[_Any!]!${declared}){_entities(representations:$representations)${selection}}`;
  const variableUsages = declared === '' ? [] : ['n'];
  const node = {
    serviceName: 'wares',
    operation,
    operationName: 'Q__wares__1',
    operationKind: 'query',
    variableUsages,
  };
  return new EntityRequest({ ...node, ...change } as unknown as FetchNode);
}
const ware = (id: number) => `{"__typename":"Ware","id":${id}}`;

type Sent = { query: string; variables: Record<string, unknown> };
type Ask = [EntityRequest, number[]];

/** Asks for all of them at once. What was sent, and what each was told. */
async function together(
  asks: Ask[],
  answer: (sent: Sent, at: number) => SubgraphAnswer,
  merged = new MergedRequests(),
) {
  const sent: Sent[] = [];
  const fetch = async ({ body }: SubgraphCall) => answer(JSON.parse(body), sent.push(JSON.parse(body)) - 1);
  const wave = new Wave(fetch, { n: 3, secret: 'not used' }, merged);
  const told = await Promise.allSettled(asks.map(([one, ids]) => wave.ask(one, ids.map(ware))));
  return { sent, told: told.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))) };
}
const entities = (...list: unknown[]) => ({ data: { _entities: list } });
const TWO: Ask[] = [
  [request(NAMES), [1, 2]],
  [request(MAKERS), [2, 3]],
];

describe('requests for entities that come at the same time', () => {
  it('are one, with an alias and representations for each, and the variables that they use', async () => {
    const { sent, told } = await together(TWO, () => ({ data: { e0: [{ name: 'a' }, null], e1: [null, {}] } }));
    expect(sent).toEqual([
      {
        query: `query Q__wares__1($n:Int,$representations0:[_Any!]!,$representations1:[_Any!]!){e0:_entities(representations:$representations0)${NAMES} e1:_entities(representations:$representations1)${MAKERS}}`,
        operationName: 'Q__wares__1',
        variables: {
          n: 3,
          representations0: [1, 2].map((id) => JSON.parse(ware(id))),
          representations1: [2, 3].map((id) => JSON.parse(ware(id))),
        },
      },
    ]);
    expect(told).toEqual([entities({ name: 'a' }, null), entities(null, {})]);
  });

  it('ask once for an entity of which they want the same, if that has no objects in it', async () => {
    const same: Ask[] = [
      [request(NAMES), [1, 2]],
      [request(NAMES), [3, 2]],
    ];
    const { sent, told } = await together(same, () => ({
      data: { e0: [{ name: 'a' }, null, { name: 'c' }] },
      errors: [{ message: 'no', path: ['e0', 1, 'name'] }],
    }));
    expect(sent.map(({ variables }) => variables['representations0'])).toEqual([
      [1, 2, 3].map((id) => JSON.parse(ware(id))),
    ]);
    const error = { message: 'no', path: ['_entities', 1, 'name'] };
    expect(told[0]).toEqual({ ...entities({ name: 'a' }, null), errors: [error] });
    expect(told[1]).toEqual({ ...entities({ name: 'c' }, null), errors: [error] });
    const nested = await together([[request(MAKERS), [1]], [request(MAKERS), [1]]], () => ({ data: { e0: [{}], e1: [{}] } })); // prettier-ignore
    expect(nested.sent).toHaveLength(1);
    expect(nested.told).toEqual([entities({}), entities({})]);
  });

  it('are told of their own errors only', async () => {
    const { told } = await together(TWO, () => ({
      data: { e0: [{}, {}], e1: [{}, {}] },
      errors: [
        { message: 'second', path: ['e1', 0, 'maker'], extensions: { code: 'FORBIDDEN' } },
        { message: 'all of the first', path: ['e0'] },
      ],
    }));
    expect(told).toEqual([
      { ...entities({}, {}), errors: [{ message: 'all of the first', path: ['_entities'] }] },
      {
        ...entities({}, {}),
        errors: [{ message: 'second', path: ['_entities', 0, 'maker'], extensions: { code: 'FORBIDDEN' } }],
      },
    ]);
  });

  it('are told what their own list is, if it is one or not', async () => {
    const { sent, told } = await together(TWO, () => ({ data: { e0: [{}], e1: null } }));
    expect(sent).toHaveLength(1);
    expect(told).toEqual([entities({}), { data: { _entities: null } }]);
  });

  it('fail together when there is no answer, and are not asked again', async () => {
    const { sent, told } = await together(TWO, () => {
      throw new Error('away');
    });
    expect(sent).toHaveLength(1);
    expect(told).toEqual(['Error: away', 'Error: away']);
  });

  it.each<[string, SubgraphAnswer]>([
    ['has no data', { data: null, errors: [{ message: 'no', path: ['e0'] }] }],
    ['has an error of nobody', { data: { e0: [{}, {}], e1: [{}, {}] }, errors: [{ message: 'somewhere' }] }],
    ['has an error of nobody known', { data: { e0: [{}, {}], e1: [{}, {}] }, errors: [{ path: ['x', 1] }] }],
  ])('are asked one by one when the answer to all %s, and for a while from then on', async (_, first) => {
    const merged = new MergedRequests();
    const answer = (sent: Sent) => (sent.query.includes('e1:') ? first : entities(sent.query));
    const { sent, told } = await together(TWO, answer, merged);
    expect(sent.map(({ query }) => query.includes('e1:'))).toEqual([true, false, false]);
    expect(told).toEqual([sent[1], sent[2]].map((one) => entities(one?.query)));
    expect((await together(TWO, answer, merged)).sent).toHaveLength(2);
  });

  it('are asked one by one when entities that they share are not as many as they asked for', async () => {
    const same: Ask[] = [
      [request(NAMES), [1]],
      [request(NAMES), [2]],
    ];
    const { sent } = await together(same, (_, at) => (at === 0 ? { data: { e0: [{}] } } : entities({})));
    expect(sent).toHaveLength(3);
  });

  it('stay alone when they change something, or are written otherwise', async () => {
    const change = request(NAMES, { operationKind: 'mutation' as FetchNode['operationKind'] });
    const taken = request('{...on Ware{name(in:$representations0)}}', {
      operation:
        'query($representations:[_Any!]!,$representations0:Int){_entities(representations:$representations){__typename}}',
    });
    const { sent } = await together([[change, [1]], [taken, [1]], [request(NAMES), [1]]], () => entities({})); // prettier-ignore
    expect(sent.map(({ query }) => query.includes('e0:'))).toEqual([false, false, false]);
  });
});
