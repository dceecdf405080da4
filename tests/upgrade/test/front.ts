import { Agent, createServer, request } from 'node:http';
import { freePort } from '@atrium/testkit';

/** What a Service is in a cluster: one address before processes that come and go. Each request goes to the next of them. */
export interface Front {
  readonly port: number;
  to(...ports: number[]): void;
  close(): void;
}

export async function startFront(): Promise<Front> {
  let targets: number[] = [];
  let turn = 0;
  // A connection for each request: which process answers is decided here, not by who was connected before.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((incoming, outgoing) => {
    const port = targets[turn++ % targets.length];
    const { method, url, headers } = incoming;
    const onwards = request({ host: '127.0.0.1', port, method, path: url, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    // Seen by who asked, as a process that went away is.
    onwards.on('error', (error) => outgoing.destroy(error));
    outgoing.on('close', () => onwards.destroy());
    incoming.pipe(onwards);
  });
  // Closed for having been idle, a connection may be the one that somebody on a busy machine is about to use: reset, not refused.
  server.keepAliveTimeout = 0;
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    to: (...ports) => void (targets = ports),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
