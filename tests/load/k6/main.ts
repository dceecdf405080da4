// What k6 runs. `npm run load` makes the world, says where it is and which profile, and reads the summary.
import type { Options } from 'k6/options';
import { CHOICES, isProfile, lengthOf, type Profile, PROFILES, scenariosOf } from './profiles.ts';
import { thresholdsOf } from './thresholds.ts';

export { alone } from './stories/alone.ts';
export { browse, claim, flash, home } from './stories/member.ts';
export { refund, till } from './stories/till.ts';

const name = __ENV['PROFILE'] ?? 'smoke';
if (!isProfile(name)) throw new Error(`There is no profile ${name}: ${Object.keys(PROFILES).join(', ')}`);
const profile: Profile = PROFILES[name];
const only = (__ENV['ONLY'] ?? '').split(',').filter((choice) => choice !== '');
const unknown = only.filter((choice) => !CHOICES.includes(choice));
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}: ${CHOICES.join(', ')}`);
const seconds = Number(__ENV['SECONDS'] ?? 0);
const scale = seconds > 0 ? seconds / lengthOf(profile) : Number(__ENV['SCALE']);

export const options: Options = {
  scenarios: scenariosOf(profile, Number(__ENV['RATE']), scale, only, Number(__ENV['TRIES'])) as unknown as NonNullable<
    Options['scenarios']
  >,
  thresholds: thresholdsOf(profile, Number(__ENV['SLACK']), scale),
  summaryTrendStats: ['count', 'avg', 'p(50)', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '60s',
  discardResponseBodies: false,
};

export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV['SUMMARY'] ?? 'summary.json']: JSON.stringify(data) };
}
