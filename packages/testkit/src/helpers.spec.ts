import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controllableClock } from './clock';
import { eventually } from './eventually';
import { graphqlClient } from '@atrium/platform/operator';

describe('controllableClock', () => {
  it('stands still until it is moved', () => {
    const clock = controllableClock('2026-01-31T23:00:00Z');
    clock.now().setFullYear(1999);
    expect(clock.now().toISOString()).toBe('2026-01-31T23:00:00.000Z');
    clock.advance({ days: 1, hours: 1, ms: 5 });
    expect(clock.now().toISOString()).toBe('2026-02-02T00:00:00.005Z');
    clock.set('2025-01-01T00:00:00Z');
    expect(clock.now().getUTCFullYear()).toBe(2025);
    expect(() => clock.set('soon')).toThrow('not an instant');
  });
});

describe('eventually', () => {
  it('waits for the condition', async () => {
    let tries = 0;
    expect(await eventually(() => (++tries < 3 ? null : tries), { what: 'three tries' })).toBe(3);
  });

  it('fails with what was waited for and the last reason', async () => {
    const never = eventually(() => Promise.reject(new Error('balance is 4')), { what: 'balance 5', timeoutMs: 60 });
    await expect(never).rejects.toThrow('waited 60 ms for balance 5; last: balance is 4');
  });
});

describe('graphqlClient', () => {
  let server: Server;
  let url = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { query, variables } = JSON.parse(text) as { query: string; variables: unknown };
        const data = { authorization: request.headers.authorization, variables };
        response.end(
          query === 'bad' ? '{"errors":[{"message":"no"}]}' : query === 'html' ? '<p>' : JSON.stringify({ data }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('sends the token and variables, bigint as text', async () => {
    const client = graphqlClient(url, 'T');
    expect(await client.ask('{x}', { n: 9007199254740993n })).toEqual({
      authorization: 'Bearer T',
      variables: { n: '9007199254740993' },
    });
  });

  it('answers errors or throws them', async () => {
    const client = graphqlClient(url);
    expect((await client.send('bad')).errors).toEqual([{ message: 'no' }]);
    await expect(client.ask('bad')).rejects.toThrow('no');
    await expect(client.send('html')).rejects.toThrow('answered 200: <p>');
  });
});
