import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/platform/operator';

export const HELP = `npm run load -- PROFILE [options]
  PROFILE            smoke, average, peak-day, flash-claim, spike, soak or breakpoint
  --rate N           iterations a second at 1x (5)
  --scale N          stretches or squeezes the profile's time (1); or --seconds N: so long in all
  --only A,B         these stories (home, browse, till, claim, refund, flash) or operations (CouponOffers, RecordPurchase, …), each as often
  --slack N          makes the limits of answer times so many times longer (1)
  --members N        2000
  --tries N          to get a coupon of the flash (10000), of which there are --stock N (1000)
  --out FOLDER       for everything that is written (.atrium/load/…)
  --json FILE        the result for programs (result.json in that folder)
  --no-check         leaves out the ledger check (with --kube, the drain of consumers too)
A release on Kubernetes, by kubectl:
  --kube NAMESPACE/RELEASE [--url URL] [--signing-key FILE]
Another graph than the one running here:
  --url URL --signing-key FILE [--issuer NAME] [--audience NAME]   the callers' private JWK
  --nats URL         to see its consumers drain; CHECK_DATABASE_URLS for outboxes and the ledger check
Ends with 1 when a limit did not hold.`;

const OPTIONS = {
  rate: { type: 'string', default: '5' },
  scale: { type: 'string' },
  seconds: { type: 'string' },
  only: { type: 'string', default: '' },
  slack: { type: 'string', default: '1' },
  members: { type: 'string', default: '2000' },
  tries: { type: 'string', default: '10000' },
  stock: { type: 'string', default: '1000' },
  out: { type: 'string' },
  json: { type: 'string' },
  kube: { type: 'string' },
  url: { type: 'string' },
  'signing-key': { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  nats: { type: 'string' },
  'no-check': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}

function above0(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} must be a number above 0, not ${text}`);
  return value;
}

export function readOptions() {
  const { values, positionals } = parsed();
  const [profile] = positionals;
  if (profile === undefined || positionals.length !== 1 || values.help) throw new UsageError(HELP);
  if (values.kube === undefined && (values.url === undefined) !== (values['signing-key'] === undefined))
    throw new UsageError('--url needs --signing-key: people of another graph have tokens of its identity provider.');
  if (values.scale !== undefined && values.seconds !== undefined)
    throw new UsageError('--scale and --seconds say the same: one of them.');
  return {
    ...values,
    profile,
    rate: above0('rate', values.rate),
    scale: above0('scale', values.scale ?? '1'),
    seconds: values.seconds === undefined ? undefined : above0('seconds', values.seconds),
    slack: above0('slack', values.slack),
    members: Math.round(above0('members', values.members)),
    tries: Math.round(above0('tries', values.tries)),
    stock: Math.round(above0('stock', values.stock)),
  };
}
export type LoadOptions = ReturnType<typeof readOptions>;
