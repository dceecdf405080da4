// What a Kubernetes Service does for connections: a new one goes to the instance that is ready, one that is open stays where it is.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export class Balancer {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private target = 0;

  constructor() {
    // An end is passed on as an end, a reset as a reset: the gateway must see what the instance did.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      this.join(near, far);
      this.join(far, near);
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/graphql`;
  }

  turnTo(port: number): void {
    this.target = port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }

  private join(from: Socket, to: Socket): void {
    this.open.add(from);
    from.pipe(to);
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => this.open.delete(from));
  }
}
