import type { IncomingMessage } from 'node:http';

export class BodyTooLarge extends Error {}

/** The whole body, or BodyTooLarge as soon as that is known: by its announced length or by what has come so far. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  // Gone before anybody listened: nothing more will be heard of it.
  if (request.destroyed && !request.readableEnded) throw new Error('The client went away');
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.removeAllListeners('data');
        reject(new BodyTooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks, bytes)));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error('The client went away')));
  });
}

/**
 * Reads on what nobody wants, until the client has sent it all: it looks at the refusal only then, and a connection that
 * is closed before would be an error to it. Not for ever, and not without end.
 */
export function drain(request: IncomingMessage, maxBytes: number, maxMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (request.closed) return resolve();
    let bytes = 0;
    const timer = setTimeout(resolve, maxMs).unref();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) resolve();
    });
    request.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    request.resume();
  });
}
