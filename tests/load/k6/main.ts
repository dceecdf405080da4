// What k6 runs. `npm run load` makes the world, says where it is and which profile, and reads the summary.
import type { Options } from 'k6/options';
import { isProfile, type Profile, PROFILES, scenariosOf } from './profiles.ts';
import { thresholdsOf } from './thresholds.ts';

export { browse, claim, flash, home } from './stories/member.ts';
export { refund, till } from './stories/till.ts';

const name = __ENV['PROFILE'] ?? 'smoke';
if (!isProfile(name)) throw new Error(`There is no profile ${name}: ${Object.keys(PROFILES).join(', ')}`);
const profile: Profile = PROFILES[name];

export const options: Options = {
  scenarios: scenariosOf(profile, Number(__ENV['RATE']), Number(__ENV['SCALE'])) as unknown as NonNullable<
    Options['scenarios']
  >,
  thresholds: thresholdsOf(profile, Number(__ENV['SLACK']), Number(__ENV['STOCK'])),
  summaryTrendStats: ['count', 'avg', 'p(50)', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '60s',
  discardResponseBodies: false,
};

export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV['SUMMARY'] ?? 'summary.json']: JSON.stringify(data) };
}
