// A real redis-server (or valkey-server) on 127.0.0.1 that keeps nothing on disk; can be killed and restarted for fault tests.
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, type ServerChild, startServerChild, untilReady } from './child';

const NAMES = ['valkey-server', 'redis-server'];
const HOW_TO_GET_IT = `Neither valkey-server nor redis-server was found. Get one with:
  apt-get install redis-server     (Debian, Ubuntu)
  brew install valkey              (macOS)`;

export interface Redis {
  readonly url: string;
  stop(): Promise<void>;
  /** For fault tests: ends it at once. */
  kill(): Promise<void>;
  /** Starts again on the same port, empty. */
  restart(): Promise<void>;
}

export async function startRedis(): Promise<Redis> {
  const binary = findRedisServer();
  if (binary === null) throw new Error(HOW_TO_GET_IT);
  const root = mkdtempSync(join(tmpdir(), 'atrium-redis-'));
  const logFile = join(root, 'redis.log');
  const port = await freePort();

  const launch = async (): Promise<ServerChild> => {
    const child = await startServerChild({
      command: binary,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', root],
      logFile,
      stopSignal: 'SIGTERM',
      removeOnOrphan: root,
    });
    await untilReady('redis-server', child, logFile, () => ping(port));
    return child;
  };

  let child = await launch();
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await child.stop();
      rmSync(root, { recursive: true, force: true });
    },
    kill: () => child.stop('SIGKILL'),
    async restart() {
      await child.stop('SIGKILL');
      child = await launch();
    },
  };
}

function findRedisServer(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  for (const name of NAMES) {
    for (const folder of folders) {
      if (folder === '') continue;
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not there.
      }
    }
  }
  return null;
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString().startsWith('+PONG')) resolve();
      else reject(new Error(answer.toString()));
    });
    socket.once('error', reject);
  });
}
