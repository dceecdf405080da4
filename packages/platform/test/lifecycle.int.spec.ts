import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { durableName, SUBSCRIPTIONS } from '@atrium/contracts';
import { askWhileAway, eventually, startTestService, type TestService } from '@atrium/testkit';
import { ConfigError, startService, takeWhatArrived } from '../src';
import { closeGate, GROUP, tinyService } from './support/tiny-service';

const SLOW = JSON.stringify({ query: '{ slow }' });
const MEMBER = { kind: 'STAFF', id: 's', groupId: GROUP } as const;

describe('a running service', () => {
  let service: TestService<object>;
  beforeAll(async () => {
    service = await startTestService(tinyService);
  });
  afterAll(() => service.end());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(service.url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it('opens for the gateway only', async () => {
    for (const authorization of ['', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi']) {
      const answer = await post('{"query":"{ slow }"}', { authorization });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    expect((await fetch(service.url)).status).toBe(404);
  });

  it('answers errors: public ones as they are, a part that is away or too busy as retryable, all others masked', async () => {
    const broken = async (how: string) =>
      (await service.as(MEMBER).send('query ($how: String!) { broken(how: $how) { times } }', { how })).errors[0];
    expect(await broken('public')).toMatchObject({ message: 'Not for you.', extensions: { code: 'FORBIDDEN' } });
    for (const how of ['away', 'locked'])
      expect(await broken(how)).toMatchObject({ extensions: { code: 'UNAVAILABLE', retryable: true } });
    const masked = await broken('inside');
    expect(masked).toMatchObject({ message: 'Internal error', path: ['broken'], extensions: { code: 'INTERNAL' } });
    expect(masked?.extensions?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(masked)).not.toContain('secret');
    const [unknown] = (await service.as(MEMBER).send('{ nothing }')).errors;
    expect(unknown?.message).toContain('Cannot query field');
  });

  it('refuses what is no JSON and what is too large, on a connection that lives to hear it', async () => {
    const { authorization } = await tokenOf(service);
    const notJson = await post('{"query":', { authorization });
    expect([notJson.status, await notJson.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
    const tooLarge = await post(' '.repeat(9 * 1024 * 1024), { authorization });
    expect([tooLarge.status, await tooLarge.json()]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    ]);
  });

  it('is alive, ready and measured', async () => {
    const at = (path: string) => fetch(new URL(path, service.url));
    expect((await at('/livez')).status).toBe(200);
    expect(await (await at('/readyz')).json()).toEqual({
      ready: true,
      checks: { database: true, nats: true, accepting: true },
    });
    const measured = await (await at('/metrics')).text();
    expect(measured).toContain('atrium_request_seconds');
    for (const what of ['outbox_oldest_seconds', 'parked_events'])
      expect(measured).toMatch(new RegExp(`^atrium_${what}\\{.*\\} 0$`, 'm'));
    for (const event of SUBSCRIPTIONS.member)
      expect(measured).toMatch(
        new RegExp(`^atrium_consumer_pending\\{.*consumer="${durableName('member', event)}".*\\} 0$`, 'm'),
      );
  });
});

describe('a stop', () => {
  let service: TestService<object>;
  beforeEach(async () => {
    service = await startTestService(tinyService);
  });
  afterEach(() => service.end());

  it('answers what is under way, is not ready first, and does not wait for idle connections', async () => {
    const { authorization } = await tokenOf(service);
    const agent = new Agent({ keepAlive: true });
    const gate = closeGate();
    const { port } = new URL(service.url);
    // A connection of a probe that has begun to ask when the stop comes.
    const probe = connect(Number(port), '127.0.0.1');
    probe.write('GET /readyz HTTP/1.1\r\nhost: x\r\n');
    const answer = new Promise<string>((resolve, reject) => {
      const asked = request(service.url, {
        method: 'POST',
        agent,
        headers: { authorization, 'content-type': 'application/json' },
      });
      asked.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
      });
      asked.end(SLOW);
    });
    await gate.entered;
    const began = performance.now();
    const stopped = service.stop();
    probe.write('\r\n');
    const [first] = (await once(probe, 'data')) as [Buffer];
    expect(first.toString()).toContain('503');
    expect(first.toString()).toContain('"accepting":false');
    gate.open();
    expect(JSON.parse(await answer)).toEqual({ data: { slow: true } });
    await stopped;
    expect(performance.now() - began).toBeLessThan(30_000);
    agent.destroy();
    probe.destroy();
    await expect(fetch(service.url)).rejects.toThrow();
  });
});

describe('a stop of a worker', () => {
  it('waits for nobody who asks how it is', async () => {
    const service = await startTestService(tinyService);
    try {
      const config = configOf(service, (await databaseUrl(service)).href);
      const worker = await startService(tinyService, { config, parts: { api: false, worker: true } });
      const probe = connect(Number(new URL(worker.url).port), '127.0.0.1');
      const closed = new Promise((resolve) => probe.on('error', () => undefined).on('close', resolve));
      await once(probe, 'connect');
      probe.write('GET /livez HTTP/1.1\r\n');
      await takeWhatArrived();
      await worker.stop();
      await closed;
    } finally {
      await service.end();
    }
  });
});

describe('more to do than can be done', () => {
  let service: TestService<object>;
  beforeAll(async () => {
    service = await startTestService(tinyService, { config: { MAX_OPERATIONS: 1, QUEUE_WAIT_MS: 2_000 } });
  });
  afterAll(() => service.end());

  it('is refused after a while, may be asked again, and is done when there is room', async () => {
    const { entered, open } = closeGate();
    const first = service.as(MEMBER).send('{ slow }');
    await entered;
    const refused = await service.as(MEMBER).send('{ __typename }');
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
    expect(await (await fetch(new URL('/metrics', service.url))).text()).toMatch(
      /^atrium_requests_refused_total\{[^}]*\} 1$/m,
    );
    open();
    expect((await first).errors).toEqual([]);
    expect((await service.as(MEMBER).send('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

describe('a stop with a delay', () => {
  let service: TestService<object>;
  beforeAll(async () => {
    service = await startTestService(tinyService, { config: { SHUTDOWN_DELAY_MS: 10_000 } });
  });
  afterAll(() => service.end());

  it('goes on answering, says goodbye with each answer, and never closes under a request that comes', async () => {
    const { authorization } = await tokenOf(service);
    const agent = new Agent({ keepAlive: true });
    const ask = (path: string, method: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization, 'content-type': 'application/json' };
        const asked = request(new URL(path, service.url), { method, agent, headers });
        asked.on('error', reject).on('response', (response) => response.resume().on('end', () => resolve(response)));
        asked.end(method === 'POST' ? '{"query":"{ __typename }"}' : undefined);
      });
    const before = await ask('/graphql', 'POST');
    expect([before.statusCode, before.headers.connection]).toEqual([200, 'keep-alive']);
    const stopped = service.stop();
    expect((await ask('/readyz', 'GET')).statusCode).toBe(503);
    for (let i = 0; i < 3; i++) {
      const after = await ask('/graphql', 'POST');
      expect([after.statusCode, after.headers.connection]).toEqual([200, 'close']);
    }
    await stopped;
    await expect(fetch(service.url)).rejects.toThrow();
    agent.destroy();
  });

  it('answers, too, what came while it was off the processor until the delay was over', async () => {
    const late = await startTestService(tinyService, { config: { SHUTDOWN_DELAY_MS: 100 } });
    try {
      const headers = { ...(await tokenOf(late)), 'content-type': 'application/json' };
      const request = { url: late.url, headers, body: '{"query":"{ __typename }"}' };
      const { before, answers } = await askWhileAway(request, () => late.stop(), 300);
      expect([before, ...answers]).toEqual(['200 keep-alive', '200 close', '200 close']);
    } finally {
      await late.end();
    }
  });
});

describe('a start', () => {
  it('that fails leaves nothing behind', async () => {
    const service = await startTestService(tinyService);
    try {
      const sessions = async () => {
        const [row] = (await service.admin.dataSource.query(
          `select count(*)::int as n from pg_stat_activity where application_name = 'second'`,
        )) as { n: number }[];
        return row?.n ?? 0;
      };
      const url = new URL((await databaseUrl(service)).href);
      url.searchParams.set('application_name', 'second');
      const heard = SUBSCRIPTIONS.member.map((event) => durableName('member', event)).sort();
      const deaf = { ...tinyService, consumers: () => [] };
      const start = startService(deaf, { config: configOf(service, url.href), parts: { api: false, worker: true } });
      await expect(start).rejects.toThrow(`the catalogue says [${heard.join(', ')}]`);
      await eventually(async () => (await sessions()) === 0, { what: 'no sessions left' });
    } finally {
      await service.end();
    }
  });

  it('waits for the migration of its release, and says which is missing when it does not come', async () => {
    const service = await startTestService(tinyService);
    const start = (MIGRATION_WAIT_MS: number, url: string) =>
      startService(tinyService, {
        config: { ...configOf(service, url), MIGRATION_WAIT_MS },
        parts: { api: true, worker: false },
      });
    try {
      const url = (await databaseUrl(service)).href;
      await service.admin.dataSource.query('update migration set name = name || $1', ['-later']);
      const first = tinyService.migrations.map((migration) => new migration().name ?? migration.name);
      await expect(start(0, url)).rejects.toThrow(`its database lacks ${first.join(', ')}. Run its migration`);
      const running = start(60_000, url);
      await service.admin.dataSource.query(`update migration set name = replace(name, '-later', '')`);
      await (await running).stop();
    } finally {
      await service.end();
    }
  });

  it.each([
    ['DATABASE_URL', 'postgres://user:hunter2@127.0.0.1:1/points', 'PostgreSQL at 127.0.0.1:1/points as user'],
    ['NATS_URL', 'nats://user:hunter2@127.0.0.1:1', 'NATS at nats://127.0.0.1:1'],
  ])('that cannot reach %s says where it went, and no password', async (name, address, where) => {
    const service = await startTestService(tinyService);
    try {
      const config = { ...configOf(service, (await databaseUrl(service)).href), [name]: address };
      const failure = await startService(tinyService, { config, parts: { api: true, worker: false } }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(ConfigError);
      expect((failure as Error).message).toContain(where);
      expect((failure as Error).message).not.toMatch(/hunter2|\n/);
    } finally {
      await service.end();
    }
  });
});

function configOf(service: TestService<object>, databaseUrl: string) {
  return {
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: 2,
    NATS_URL: `nats://${service.bus.connection.getServer()}`,
    NATS_REPLICAS: 1,
    SITES: [],
    GATEWAY_PUBLIC_KEY: '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent' as const,
    EMBED_WORKER: true,
    OUTBOX_POLL_MS: 50,
    SHUTDOWN_DELAY_MS: 0,
    MAX_OPERATIONS: 64,
    QUEUE_WAIT_MS: 4_000,
  };
}

/** The header that the test client would send. */
async function tokenOf(service: TestService<object>): Promise<{ authorization: string }> {
  const original = globalThis.fetch;
  let authorization = '';
  globalThis.fetch = (input, init) => {
    authorization = new Headers(init?.headers).get('authorization') ?? '';
    return original(input, init);
  };
  try {
    await service.as(MEMBER).send('{ __typename }');
  } finally {
    globalThis.fetch = original;
  }
  return { authorization };
}

function databaseUrl(service: TestService<object>): Promise<URL> {
  return Promise.resolve(new URL((service.db.dataSource.options as { url: string }).url));
}
