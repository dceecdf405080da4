import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  /** The same address by way of it. */
  url: string;
  /** From now on nothing comes through the connections that are open, and nothing ends them: a machine without power. */
  silence(): void;
  /** Keeps back what the server says to whoever connects next, and gives it in one piece once the server has hung up. */
  holdNext(): Promise<void>;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const silences: (() => void)[] = [];
  const sockets = new Set<Socket>();
  let held: (() => void) | undefined;
  const server = createServer((client) => {
    const up = connect(Number(port), hostname);
    for (const socket of [client, up]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    let silent = false;
    silences.push(() => (silent = true));
    const kept: Buffer[] | undefined = held && [];
    held?.();
    held = undefined;
    client.on('data', (bytes) => silent || up.write(bytes)).on('end', () => silent || up.end());
    up.on('data', (bytes) => (kept ? kept.push(bytes) : silent || client.write(bytes)));
    up.on('end', () => silent || client.end(Buffer.concat(kept ?? [])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    silence: () => silences.splice(0).forEach((silence) => silence()),
    holdNext: () => new Promise((resolve) => (held = resolve)),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
