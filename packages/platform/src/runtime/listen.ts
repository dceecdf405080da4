import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';

export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * A timer comes before anything that has arrived: a process that was off the processor takes connections for idle whose next request it
 * has not read yet. One turn of the loop reads them and accepts who waits at the door, the next one reads from those.
 */
export async function takeWhatArrived(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
