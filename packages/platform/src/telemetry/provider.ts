import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** OpenTelemetry's SDK, sending to a collector. */
export function createProvider(service: string, endpoint: string): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href });
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `atrium-${service}`, 'service.namespace': 'atrium' }),
    // What is sampled is decided before a span is made.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
  });
}
