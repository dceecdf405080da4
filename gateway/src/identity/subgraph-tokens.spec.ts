import { ANONYMOUS } from '@atrium/platform/light';
import { cacheSubgraphTokens } from './subgraph-tokens';

describe('tokens for subgraphs', () => {
  it('are minted once per caller and subgraph, and anew before they end', async () => {
    let now = new Date('2026-11-22T08:00:00Z');
    let minted = 0;
    const tokens = cacheSubgraphTokens(
      async (subgraph) => `${subgraph}-${++minted}`,
      () => now,
    );
    const li = { ...ANONYMOUS, id: 'li' };
    const wang = { ...ANONYMOUS, id: 'wang' };
    expect(await Promise.all([tokens('points', li), tokens('points', li)])).toEqual(['points-1', 'points-1']);
    expect(await tokens('coupon', li)).toBe('coupon-2');
    expect(await tokens('points', wang)).toBe('points-3');
    now = new Date(now.getTime() + 41_000);
    expect(await tokens('points', li)).toBe('points-4');
  });

  it('are tried again when signing failed', async () => {
    let failures = 1;
    const tokens = cacheSubgraphTokens(async () => {
      if (failures-- > 0) throw new Error('no key');
      return 'token';
    });
    await expect(tokens('points', ANONYMOUS)).rejects.toThrow('no key');
    await expect(tokens('points', ANONYMOUS)).resolves.toBe('token');
  });
});
