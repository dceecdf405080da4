import { startNats } from '@atrium/testkit';
import { createLog, startService, type ServiceConfig } from '../src';
import { exportJWK, generateKeyPair } from 'jose';
import { cloneTiny } from './support/harness';
import { tinyService } from './support/tiny-service';

it('a stop does not wait for a broker that is away', async () => {
  const database = await cloneTiny();
  const nats = await startNats();
  try {
    const { publicKey } = await generateKeyPair('EdDSA');
    const config: ServiceConfig = {
      DATABASE_URL: database.appUrl,
      DATABASE_POOL: 4,
      // The first is not there: every one of the list is tried.
      NATS_URL: `nats://127.0.0.1:1, ${nats.url}`,
      NATS_REPLICAS: 1,
      SITES: [],
      GATEWAY_PUBLIC_KEY: JSON.stringify(await exportJWK(publicKey)),
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      EMBED_WORKER: true,
      OUTBOX_POLL_MS: 50,
      SHUTDOWN_DELAY_MS: 0,
      MAX_OPERATIONS: 64,
      QUEUE_WAIT_MS: 4_000,
    };
    const service = await startService(tinyService, {
      config,
      parts: { api: true, worker: true },
      log: createLog('tiny', 'silent'),
    });
    const ready = () => fetch(new URL('/readyz', service.url));
    expect((await ready()).status).toBe(200);
    await nats.kill();
    const away = await ready();
    // Said, and no reason to send nobody here any more.
    expect([away.status, await away.json()]).toMatchObject([200, { checks: { database: true, nats: false } }]);
    // The connection is tried again for ever: a stop that waited for it would not end.
    await service.stop();
  } finally {
    await nats.stop();
    await database.drop();
  }
});
