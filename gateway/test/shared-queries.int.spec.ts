import { eventually } from '@atrium/testkit';
import { GROUP, type Harness, startHarness } from './harness';

const ECHO = '{ echo { caller language } }';
const compiled = (process.env['GATEWAY_EXECUTOR'] ?? 'compiled') === 'compiled';

/** Whole queries under way, held in the subgraph until all of them have come in. */
(compiled ? describe : describe.skip)('the same query under way', () => {
  let h: Harness;
  let li: Record<string, string>;
  let wang: Record<string, string>;

  beforeAll(async () => {
    h = await startHarness();
    const member = (id: string) => ({ kind: 'MEMBER' as const, group: GROUP, member: id });
    const headers = async (id: string) => ({ authorization: `Bearer ${await h.token(member(id))}` });
    li = await headers('0197a000-0000-7000-8000-0000000000aa');
    wang = await headers('0197a000-0000-7000-8000-0000000000bb');
    // From the second time on an operation is known.
    for (const query of [ECHO, '{ refuse }', '{ count(n: 1) }']) await h.post({ query }, li);
    await h.post({ query: 'query Q($n: Int!) { count(n: $n) }', variables: { n: 0 } }, li);
  });
  afterAll(() => h.stop());

  /** Sends them all, and lets the subgraph answer when it has been asked so often. */
  async function together(requests: [object, Record<string, string>][], asked: number) {
    const before = h.people.received.length;
    h.people.hold();
    const answers = requests.map(([body, headers]) => h.post(body, headers));
    await eventually(() => h.people.received.length === before + asked, { what: `${asked} requests` });
    h.people.release();
    return Promise.all(answers);
  }
  const shared = async () => {
    const text = await (await fetch(`${h.gateway.url}metrics`)).text();
    return Number(/executions_total\{executor="compiled",reason="shared"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  it('is executed once for one caller and language, and never for two', async () => {
    const before = await shared();
    const chinese = { ...li, 'accept-language': 'zh-CN' };
    const answers = await together(
      [
        [{ query: ECHO }, li],
        [{ query: ECHO }, li],
        [{ query: ECHO }, wang],
        [{ query: ECHO }, chinese],
        [{ query: ECHO }, {}],
      ],
      4,
    );
    const echoes = answers.map(({ body }) => JSON.stringify(body.data?.['echo']));
    expect(echoes[1]).toBe(echoes[0]);
    expect(echoes[0]).toContain('0000000000aa');
    expect(echoes[2]).toContain('0000000000bb');
    expect(new Set(echoes.slice(1)).size).toBe(4);
    expect(await shared()).toBe(before + 1);
  });

  it('is executed for each set of variables', async () => {
    const query = 'query Q($n: Int!) { count(n: $n) }';
    const ask = (n: number): [object, Record<string, string>] => [{ query, variables: { n } }, li];
    const answers = await together([ask(1), ask(2), ask(1)], 2);
    expect(answers.map(({ body }) => body.data?.['count'])).toEqual([1, 2, 1]);
  });

  it('has the errors of all who asked, each with its own request id', async () => {
    const [first, second] = await together(
      ['request-one', 'request-two'].map((id) => [{ query: '{ refuse }' }, { ...li, 'x-request-id': id }]),
      1,
    );
    expect(first?.body.errors?.[0]).toMatchObject({ path: ['refuse'], extensions: { code: 'FORBIDDEN' } });
    expect([first, second].map((one) => one?.body.errors?.[0]?.extensions['requestId'])).toEqual([
      'request-one',
      'request-two',
    ]);
  });

  it('is executed anew by who asks after a change', async () => {
    const before = h.people.received.length;
    h.people.hang(true);
    const old = h.post({ query: '{ count(n: 1) }' }, li);
    await eventually(() => h.people.received.length === before + 1, { what: 'the first query' });
    h.people.hang(false);
    await h.post({ query: 'mutation { rename(name: "x") { id } }' }, li);
    const next = await h.post({ query: '{ count(n: 1) }' }, li);
    expect(next.body).toEqual({ data: { count: 1 } });
    expect(h.people.received.length).toBe(before + 3);
    await h.people.stop();
    expect((await old).body.errors?.[0]?.extensions['code']).toBe('UNAVAILABLE');
  });
});
