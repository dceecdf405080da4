import type { IncomingMessage, ServerResponse } from 'node:http';

/** Everything that a client of the graph sends or reads; a token travels in a header, so cookies stay out of it. */
const SENT =
  'authorization, content-type, accept-language, x-request-id, traceparent, apollo-require-preflight, atrium-explain';
const READ = 'x-request-id, retry-after';
const REMEMBERED_SECONDS = 7200;

/**
 * Lets pages of these origins read answers. Returns true for a preflight, which is answered here; a page of another origin
 * gets no permission, and its browser keeps the answer from it.
 */
export function createCors(
  origins: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const allowed = new Set(origins);

  return (request, response) => {
    const { origin } = request.headers;
    if (allowed.size > 0) response.setHeader('vary', 'origin');
    const permitted = origin !== undefined && allowed.has(origin);
    if (permitted) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', READ);
    }
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!preflight) return false;
    if (permitted) {
      response.setHeader('access-control-allow-methods', 'GET, POST');
      response.setHeader('access-control-allow-headers', SENT);
      response.setHeader('access-control-max-age', REMEMBERED_SECONDS);
    }
    response.writeHead(204).end();
    return true;
  };
}
