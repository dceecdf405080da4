import type { IncomingMessage } from 'node:http';

export class BodyTooLarge extends Error {}

/** The whole body, or BodyTooLarge as soon as that is known: by its announced length or by what has come so far. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
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
 * Lets a client finish sending what nobody reads, so that it gets to read the refusal instead of a reset connection;
 * not for ever, and not without end.
 */
export function drain(request: IncomingMessage, maxBytes: number, maxMs: number): void {
  if (request.closed) return;
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), maxMs).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) request.destroy();
  });
  request.on('close', () => clearTimeout(timer));
  request.resume();
}
