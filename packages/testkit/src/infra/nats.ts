// A real nats-server with JetStream, on 127.0.0.1; can be killed and restarted for fault tests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort, isPortTaken, startServerChild, untilReady, type ServerChild } from './child';
import { ensureNatsServer } from './nats-binary';

export interface NatsOptions {
  /** Folder to keep the streams in. Without it they are thrown away at stop(). */
  dir?: string;
  /** Without it any free port. */
  port?: number;
  /** Text of a configuration file, beside what this module says itself. */
  config?: string;
  /** Path of nats-server; without it, it is looked for (never installed here). */
  binary?: string;
  /** Told when it ends without having been asked to. */
  onCrash?(how: string): void;
}

export interface Nats {
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  pid(): number;
  stop(): Promise<void>;
  /** For fault tests: ends it at once, keeps the store. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again on the same port and store; `wipe` loses the store first. */
  restart(options?: { wipe?: boolean }): Promise<void>;
}

/** Starts nats-server and waits until JetStream answers. */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const binary = options.binary ?? (await ensureNatsServer());
  if (options.port !== undefined && (await isPortTaken(options.port))) {
    throw new Error(`port ${options.port} for NATS is already in use`);
  }
  const kept = options.dir !== undefined;
  const root = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'atrium-nats-')) : resolve(options.dir);
  const store = join(root, 'store');
  const logFile = join(root, 'nats.log');
  const port = options.port ?? (await freePort());
  const url = `nats://127.0.0.1:${port}`;

  const configured = options.config === undefined ? [] : ['-c', join(root, 'nats.conf')];
  if (options.config !== undefined) {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'nats.conf'), options.config);
  }

  let expected = true;
  const launch = async (): Promise<ServerChild> => {
    mkdirSync(store, { recursive: true });
    const started = await startServerChild({
      command: binary,
      args: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store, ...configured],
      logFile,
      stopSignal: 'SIGTERM',
      ...(kept ? {} : { removeOnOrphan: root }),
      onExit: (how) => {
        if (!expected) options.onCrash?.(how);
      },
    });
    await untilReady('nats-server', started, logFile, () => ping(url));
    expected = false;
    return started;
  };

  let child: ServerChild;
  try {
    child = await launch();
  } catch (error) {
    if (!kept) rmSync(root, { recursive: true, force: true });
    throw error;
  }
  const end = (signal: NodeJS.Signals) => {
    expected = true;
    return child.stop(signal);
  };
  return {
    url,
    port,
    logFile,
    pid: () => child.pid,
    async stop() {
      await end('SIGTERM');
      if (!kept) rmSync(root, { recursive: true, force: true });
    },
    kill: (signal = 'SIGKILL') => end(signal),
    async restart({ wipe = false } = {}) {
      await end('SIGTERM');
      if (wipe) rmSync(store, { recursive: true, force: true });
      child = await launch();
    },
  };
}

async function ping(url: string): Promise<void> {
  const connection = await connect({ servers: url, timeout: 2000, reconnect: false });
  try {
    const manager = await jetstreamManager(connection, { timeout: 2000 });
    await manager.getAccountInfo();
  } finally {
    await connection.close();
  }
}
