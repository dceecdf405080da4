import type { IncomingMessage } from 'node:http';
import { traceparent, tracing } from '@atrium/platform/light';
import type { GatewayConfig } from '../config';
import type { Operation } from '../graph/graph';
import type { VerifyCaller } from './callers';
import type { ResolveDocument } from './documents';
import { readOperation } from './operation-request';
import { clientAddress, identityOf, type RateLimits } from './rate-limit';
import { acceptLanguageOf, type RequestContext, traceparentOf } from './request-context';

type Parts = {
  verifyCaller: VerifyCaller;
  rateLimits: RateLimits;
  resolveDocument: ResolveDocument;
  config: Pick<GatewayConfig, 'limits' | 'requestTimeoutMs' | 'proxies'>;
};

/** What is asked and who asks, of any request over HTTP. Throws a Refusal. */
export type Receive = (
  request: IncomingMessage,
  search: string,
  requestId: string,
  seen: RequestContext['seen'],
) => Promise<{ operation: Operation; context: RequestContext }>;

export function createReceiver({ verifyCaller, rateLimits, resolveDocument, config }: Parts): Receive {
  return async (request, search, requestId, seen) => {
    const address = clientAddress(request, config.proxies);
    // Before the body: nobody's megabyte is read or parsed who may not ask.
    const caller = await verifyCaller(request.headers.authorization, address);
    const identity = identityOf(caller, address);
    await rateLimits.request(caller, identity);
    const sent = await readOperation(request, search, config.limits.bodyBytes);
    const context: RequestContext = {
      requestId,
      caller,
      identity,
      acceptLanguage: acceptLanguageOf(request.headers),
      // What is not traced here is not traced behind.
      traceparent: tracing() ? traceparent() : traceparentOf(request.headers),
      deadline: performance.now() + config.requestTimeoutMs,
      readOnly: request.method === 'GET',
      seen,
    };
    return { operation: { ...sent, query: resolveDocument(sent, caller) }, context };
  };
}
