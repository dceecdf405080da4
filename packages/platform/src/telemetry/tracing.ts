// Traces by OpenTelemetry: gateway -> subgraph -> SQL, and over the outbox to the consumers. What is not sampled makes no span, no
// context and no header. Names and attributes never hold values of a request: an operation's name, a statement's name, an event's type.
import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { within } from '../events/within';
import { STOP } from '../runtime/stopping';
import type * as Provider from './provider';

export { SpanKind };

export interface TracingOptions {
  service: string;
  /** Collector's address, without the path; undefined traces nothing. */
  endpoint: string | undefined;
}

export interface Tracing {
  /** Sends what is left. */
  stop(): Promise<void>;
}

const SCOPE = 'atrium';
const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

let on = false;

/** Loads OpenTelemetry's SDK only where traces go somewhere. */
export function startTracing({ service, endpoint }: TracingOptions): Tracing {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- 20 MB that most processes never need
  const { createProvider } = require('./provider') as typeof Provider;
  const provider = createProvider(service, endpoint);
  provider.register();
  on = true;
  return {
    async stop() {
      on = false;
      // A collector that is away must not keep a process from ending.
      await within(STOP.tracesMs, provider.shutdown());
      trace.disable();
      context.disable();
    },
  };
}

export interface SpanOptions {
  kind?: SpanKind;
  attributes?: Attributes;
  /** W3C headers of those that caused this, elsewhere. The first that is sampled becomes the parent, others are linked. */
  from?: readonly (string | undefined)[];
}

/** Runs `work` in a span if what it belongs to is traced; otherwise just runs it. */
export function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  if (!on) return work();
  if (options.from === undefined)
    return trace.getActiveSpan() ? run(name, options, [], context.active(), work) : work();
  const causes = options.from.map(sampledContext).filter((cause) => cause !== undefined);
  const [parent, ...others] = causes;
  if (!parent) return work();
  const links = others.filter(({ spanId }) => spanId !== parent.spanId).map((cause): Link => ({ context: cause }));
  return run(name, options, links, trace.setSpanContext(ROOT_CONTEXT, parent), work);
}

/**
 * Begins a trace for a share of all calls. `caller` is the header that the caller sent: its trace goes on, but whether it is
 * recorded is decided here.
 */
export function inTrace<T>(
  name: string,
  options: Omit<SpanOptions, 'from'> & { ratio: number; caller: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  if (!on || Math.random() >= options.ratio) return work();
  const parent = contextOf(options.caller);
  return run(name, options, [], parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT, work);
}

/** The header for what is called from here; undefined when nothing is traced. */
export function traceparent(): string | undefined {
  if (!on) return undefined;
  const span = trace.getActiveSpan()?.spanContext();
  return span && `00-${span.traceId}-${span.spanId}-01`;
}

export const tracing = (): boolean => on;

async function run<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {} }: SpanOptions,
  links: Link[],
  parent: ReturnType<typeof context.active>,
  work: () => Promise<T>,
): Promise<T> {
  const span: Span = trace.getTracer(SCOPE).startSpan(name, { kind, attributes, links }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    // The message may hold values.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    span.end();
  }
}

function contextOf(header: string | undefined): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = '00'] = TRACEPARENT.exec(header ?? '') ?? [];
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}

function sampledContext(header: string | undefined): SpanContext | undefined {
  const found = contextOf(header);
  return found && (found.traceFlags & TraceFlags.SAMPLED) !== 0 ? found : undefined;
}
