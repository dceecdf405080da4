import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { MEMBER_EXPONENT, placeOf, STORE_EXPONENT, zipf } from './choose.ts';
import { OPERATIONS } from './operations.ts';
import { ALONE, MIX, type Profile, PROFILES, scenariosOf, STORIES } from './profiles.ts';
import { BUDGETS, RARE, thresholdsOf } from './thresholds.ts';

const ROOT = join(__dirname, '..', '..', '..');
const all = Object.entries(PROFILES) as [string, Profile][];
const schema = buildSchema(readFileSync(join(ROOT, 'packages', 'client', 'schema.graphql'), 'utf8'));

it.each(Object.entries(OPERATIONS))('%s is valid, and called what it is called', (name, document) => {
  const parsed = parse(document);
  expect(validate(schema, parsed)).toEqual([]);
  expect(parsed.definitions).toMatchObject([{ name: { value: name } }]);
});

it('the stories are all that people do, and one sale in a hundred is brought back', () => {
  expect(STORIES.reduce((sum, story) => sum + MIX[story], 0)).toBeCloseTo(1, 5);
  expect(MIX.refund / MIX.till).toBeCloseTo(0.01, 5);
});

describe.each(all)('%s', (name, profile) => {
  const scenarios = scenariosOf(profile, 5, 1);

  it('has a scenario for each story, with people for its busiest moment', () => {
    expect(Object.keys(scenarios)).toEqual([...STORIES, ...(profile.flash ? ['flash'] : [])]);
    for (const { stages, startRate, preAllocatedVUs, maxVUs, timeUnit } of Object.values(scenarios)) {
      const rates = [startRate, ...stages.map(({ target }) => target)];
      expect(rates.every((rate) => Number.isInteger(rate) && rate > 0)).toBe(true);
      const perSecond = Math.max(...rates) / (timeUnit === '1m' ? 60 : 1);
      expect(maxVUs).toBeGreaterThan(perSecond);
      expect(maxVUs).toBeGreaterThanOrEqual(preAllocatedVUs);
    }
  });

  it('lasts as long as its stages, and a tenth of it at a scale of 0.1', () => {
    const length = (scale: number) =>
      (scenariosOf(profile, 5, scale)['home']?.stages ?? []).reduce((sum, { duration }) => sum + parseInt(duration), 0);
    const planned = profile.stages.reduce((sum, { ramp, hold }) => sum + ramp + hold, 0);
    expect(length(1)).toBe(planned);
    // No stage is shorter than a second.
    expect(length(0.1)).toBeLessThanOrEqual(planned / 10 + 2 * profile.stages.length);
  });

  it('has limits for every operation, and says when nothing may be dropped', () => {
    const thresholds = thresholdsOf(profile, 2);
    for (const operation of Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]) {
      const limit = profile.breaking && RARE.includes(operation) ? 'max>=0' : `p(95)<${BUDGETS[operation].p95 * 2}`;
      expect(thresholds[`http_req_duration{operation:${operation}}`]?.[0]?.threshold).toBe(limit);
    }
    expect('dropped_iterations' in thresholds).toBe(!profile.breaking);
    expect(thresholds['double_credit']?.[0]?.threshold).toBe('count==0');
  });

  it('is named in the help and in the README', () => {
    for (const file of [join(ROOT, 'scripts', 'src', 'load', 'options.ts'), join(__dirname, '..', 'README.md')]) {
      expect(readFileSync(file, 'utf8')).toContain(name);
    }
  });
});

it('tells 10,000 tries in the flash', () => {
  const { flash } = scenariosOf(PROFILES['flash-claim'], 5, 1);
  expect(flash?.stages).toEqual([{ target: 333, duration: '30s' }]);
});

it.each(ALONE)('%s can be asked for by itself, at the whole rate', (name) => {
  const scenarios = scenariosOf(PROFILES.average, 20, 0.1, [name]);
  expect(Object.keys(scenarios)).toEqual([name]);
  expect(scenarios[name]).toMatchObject({ exec: 'alone', env: { OPERATION: name }, startRate: 1_200 });
  expect(scenarios[name]?.stages.every(({ target }) => target === 1_200)).toBe(true);
});

it('what is named shares the rate; the flash comes only when it is named', () => {
  const shared = scenariosOf(PROFILES['flash-claim'], 10, 1, ['till', 'Gifts']);
  expect(Object.values(shared).map(({ startRate }) => startRate)).toEqual([300, 300]);
  expect(Object.keys(scenariosOf(PROFILES['flash-claim'], 10, 1, ['flash']))).toEqual(['flash']);
});

it('the first of a thousand comes as often as Zipf says, and everybody comes', () => {
  const sums = zipf(1_000, 1);
  // 1 / (1 + 1/2 + … + 1/1000) = 1 / 7.485
  expect(sums[0]).toBeCloseTo(1 / 7.485, 4);
  expect(placeOf(sums, 0)).toBe(0);
  expect(placeOf(sums, 1 - Number.EPSILON)).toBe(999);
  const places = new Set(Array.from({ length: 100_000 }, (_, at) => placeOf(sums, at / 100_000)));
  expect(places.size).toBe(1_000);
});

describe('what looks for the end', () => {
  const ending = (scale: number) =>
    Object.entries(thresholdsOf(PROFILES.breakpoint, 1, scale)).flatMap(([name, limits]) =>
      limits.flatMap(({ abortOnFail, delayAbortEval }) => (abortOnFail ? [[name, delayAbortEval] as const] : [])),
    );

  it('is ended by what comes often, not by the first answers', () => {
    const names = ending(1).map(([name]) => name);
    expect(names).toContain('failed');
    expect(names).toContain('http_req_duration{operation:MemberHome}');
    for (const rare of RARE) expect(names.join()).not.toContain(rare);
    expect(new Set(ending(1).map(([, delay]) => delay))).toEqual(new Set(['150s']));
    expect(new Set(ending(0.1).map(([, delay]) => delay))).toEqual(new Set(['15s']));
  });
});

const rates = readFileSync(join(ROOT, 'gateway', 'src', 'edge', 'rates.ts'), 'utf8');
/** As many in a minute as the gateway lets one caller send when nothing is configured. */
const allowed = (of: string) => Number(new RegExp(`\\b${of}'?: '(\\d+)/m'`).exec(rates)?.[1]);

describe('nobody asks more often than the gateway lets one person', () => {
  // As the load makes them when nothing else is asked for.
  const keenest = zipf(2_000, MEMBER_EXPONENT)[0] as number;
  const busiest = zipf(40, STORE_EXPONENT)[0] as number;
  /** Requests by members' and tills' tokens in a story of the mix. */
  const asked = { member: MIX.home + 3 * MIX.browse + 2 * MIX.claim, till: 4 * MIX.till + 3 * MIX.refund };

  it.each([
    // docs/how-to/peak-day.md: one and a half times 900 sales in the busiest minute.
    ['peak-day', 7.5, 12],
    ['breakpoint', 5, 40],
  ] as const)('%s at a rate of %d', (_, rate, times) => {
    const stories = rate * times * 60;
    expect(stories * asked.member * keenest).toBeLessThan(allowed('MEMBER'));
    expect(stories * MIX.claim * keenest).toBeLessThan(allowed('claimCoupon'));
    expect(stories * asked.till * busiest).toBeLessThan(allowed('TILL'));
  });

  it('50 claims a second, and nothing else', () => {
    expect(50 * 60 * 1.02 * keenest).toBeLessThan(allowed('claimCoupon'));
  });
});
