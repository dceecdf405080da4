import { Gauge, type Registry } from 'prom-client';
import { CountFamily } from './families';

export type SubscriptionMetrics = {
  open: Gauge<'field' | 'transport'>;
  events: CountFamily<'field' | 'outcome'>;
  ended: CountFamily<'field' | 'reason'>;
};

export function createSubscriptionMetrics(registry: Registry): SubscriptionMetrics {
  return {
    open: new Gauge({
      name: 'atrium_gateway_subscriptions',
      help: 'Open subscriptions.',
      labelNames: ['field', 'transport'],
      registers: [registry],
    }),
    events: new CountFamily(registry, {
      name: 'atrium_gateway_subscription_events_total',
      help: 'Events that were read for a subscription, by what became of them.',
      labelNames: ['field', 'outcome'],
    }),
    ended: new CountFamily(registry, {
      name: 'atrium_gateway_subscriptions_ended_total',
      help: 'Ended subscriptions by reason.',
      labelNames: ['field', 'reason'],
    }),
  };
}
