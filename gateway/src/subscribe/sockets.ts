import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '@atrium/platform/light';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GatewayConfig } from '../config';
import { Refusal } from '../edge/refusal';
import { again } from './ending';
import { close, type Connection, createProtocol, type ProtocolParts } from './socket-protocol';

export type Sockets = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends everybody elsewhere; those that do not go are cut off after so long. */
  drain(graceMs: number): void;
};

type Parts = Omit<ProtocolParts, 'config'> & {
  config: ProtocolParts['config'] & Pick<GatewayConfig, 'subscriptions' | 'corsOrigins' | 'limits'>;
  log: Log;
};

/** A connection that nothing is subscribed to is closed after so many heartbeats. */
const IDLE_HEARTBEATS = 5;

/** Many subscriptions of one caller over one connection each. */
export function createSockets(parts: Parts): Sockets {
  const { config, log } = parts;
  const { max, perCaller, heartbeatMs, sendMs } = config.subscriptions;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: config.limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const byIdentity = new Map<string, number>();
  let draining = false;

  const protocol = createProtocol(parts, (connection) => {
    const { identity, socket } = connection;
    const own = byIdentity.get(identity) ?? 0;
    if (own >= perCaller) {
      const message = 'The caller has as many connections as it may.';
      throw new Refusal(429, 'LIMIT_EXCEEDED', message, { max: perCaller, retryable: true });
    }
    byIdentity.set(identity, own + 1);
    socket.once('close', () => {
      const left = (byIdentity.get(identity) ?? 1) - 1;
      if (left > 0) byIdentity.set(identity, left);
      else byIdentity.delete(identity);
    });
  });

  const cutOff = ({ socket, open }: Connection) => {
    for (const subscription of [...open]) subscription.end(again('slow'));
    socket.terminate();
  };

  /** Waits until the client has taken it, not for ever. */
  const send = (connection: Connection, text: string) =>
    new Promise<void>((resolve) => {
      const { socket } = connection;
      if (socket.readyState !== socket.OPEN) return resolve();
      const late = setTimeout(() => cutOff(connection), sendMs);
      socket.send(text, () => {
        clearTimeout(late);
        resolve();
      });
    });

  const opened = (socket: WebSocket, request: IncomingMessage) => {
    const connection: Connection = {
      socket,
      request,
      identity: '',
      authorization: undefined,
      language: request.headers['accept-language'],
      open: new Set(),
      usedAt: performance.now(),
    };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(connection, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (heard) =>
          socket.on('message', (data) => {
            heard(String(data)).catch((error: unknown) => {
              log.error({ err: error }, 'websocket failed');
              socket.close(1011, 'INTERNAL');
            });
          }),
      },
      connection,
    );
    const heartbeat = keepAwake(connection);
    socket.on('error', () => socket.terminate()); // not a frame, or too large a one
    socket.once('close', (code, reason) => {
      clearInterval(heartbeat);
      for (const subscription of [...connection.open]) subscription.close();
      void closed(code, String(reason));
    });
  };

  const keepAwake = (connection: Connection) => {
    const { socket, open } = connection;
    let alive = true;
    socket.on('pong', () => (alive = true));
    return setInterval(() => {
      if (!alive) return cutOff(connection);
      const unused = connection.identity !== '' && open.size === 0;
      const idle = unused && performance.now() - connection.usedAt > IDLE_HEARTBEATS * heartbeatMs;
      if (idle) return socket.close(1000, 'IDLE');
      alive = false;
      socket.ping();
    }, heartbeatMs);
  };

  /** Why it does not become a WebSocket: browsers send the page's origin, and ask nobody before they connect. */
  const refusalOf = ({ url, headers: { origin, host } }: IncomingMessage): string | undefined => {
    if (url?.split('?')[0] !== '/graphql') return '404 Not Found';
    if (draining || server.clients.size >= max) return '503 Service Unavailable';
    const known = origin === undefined || config.corsOrigins.includes(origin) || hostOf(origin) === host;
    return known ? undefined : '403 Forbidden';
  };

  return {
    upgrade(request, socket, head) {
      const refused = refusalOf(request);
      if (refused === undefined) return server.handleUpgrade(request, socket, head, opened);
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 ${refused}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    },
    drain(graceMs) {
      draining = true;
      for (const socket of server.clients) close({ socket }, again('drain'));
      setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, graceMs).unref();
    },
  };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
