import { inSpan, inTrace, startTracing, traceparent, type Tracing } from './tracing';

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const header = () => Promise.resolve(traceparent());

describe('tracing', () => {
  let tracing: Tracing | undefined;
  // Nobody listens there: a collector that is away harms nobody.
  const start = () => (tracing = startTracing({ service: 'test', endpoint: 'http://127.0.0.1:9' }));
  afterEach(() => tracing?.stop());

  it('does nothing where no collector is named', async () => {
    tracing = startTracing({ service: 'test', endpoint: undefined });
    expect(
      await inTrace('a', { ratio: 1, caller: CALLER }, () => inSpan('b', { from: [CALLER] }, header)),
    ).toBeUndefined();
  });

  it('goes on with the trace of the caller, with a span of its own for each step', async () => {
    start();
    const [outer, inner] = await inTrace('a', { ratio: 1, caller: CALLER }, async () => [
      await header(),
      await inSpan('b', {}, header),
    ]);
    expect(outer).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
    expect(inner).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
    expect(inner).not.toBe(outer);
    expect(await header()).toBeUndefined();
  });

  it('records what the share says, whatever the caller wishes', async () => {
    start();
    expect(await inTrace('a', { ratio: 0, caller: CALLER }, header)).toBeUndefined();
    expect(await inTrace('a', { ratio: 1, caller: CALLER.replace(/01$/, '00') }, header)).toMatch(/-01$/);
    expect(await inTrace('a', { ratio: 1, caller: 'nonsense' }, header)).toMatch(/-01$/);
  });

  it.each([
    ['nothing', [undefined], undefined],
    ['what is not sampled', [CALLER.replace(/01$/, '00')], undefined],
    ['nonsense', [`${CALLER}-`, '00-0-0-01'], undefined],
    ['the first that is sampled', [undefined, CALLER], '0af7651916cd43dd8448eb211c80319c'],
  ])('follows %s', async (_, from, trace) => {
    start();
    expect((await inSpan('a', { from }, header))?.split('-')[1]).toBe(trace);
  });

  it('makes no span outside of a trace, and lets failures through', async () => {
    start();
    expect(await inSpan('a', {}, header)).toBeUndefined();
    const broken = () => Promise.reject(new Error('broken'));
    await expect(inTrace('a', { ratio: 1, caller: undefined }, broken)).rejects.toThrow('broken');
  });
});
