import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

export type Answer = {
  status: number;
  headers: Iterable<readonly [string, string]>;
  body: string;
};

/** Written in one piece, or through a compressor when it is worth it and the client takes it. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  accepted: IncomingHttpHeaders['accept-encoding'],
  compressFrom: number,
): void {
  if (response.destroyed) return;
  const length = Buffer.byteLength(answer.body);
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (name === 'vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.appendHeader('vary', 'accept, accept-encoding');

  const encoding = length < compressFrom ? undefined : encodingFor(accepted);
  if (encoding === undefined) {
    response.setHeader('content-length', length);
    response.end(answer.body);
    return;
  }
  response.setHeader('content-encoding', encoding);
  const compress =
    encoding === 'br'
      ? createBrotliCompress({
          params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: length },
        })
      : createGzip({ level: 5 });
  // A client that goes away must not leave a compressor behind.
  response.once('close', () => compress.destroy());
  compress.pipe(response);
  compress.end(answer.body);
}

/** The better of what the client takes: brotli, then gzip. */
export function encodingFor(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const taken = new Set<string>();
  for (const part of String(accepted ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) taken.add(name);
  }
  if (taken.has('br')) return 'br';
  return taken.has('gzip') ? 'gzip' : undefined;
}
