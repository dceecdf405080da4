import type { OperationName } from './operations.ts';

// How many people come, and when. Everything is a multiple of the base rate (`RATE`, iterations a second at 1x).

/** What people do; each is a function of main.ts. Refunds are one in a hundred sales. */
export const MIX = { home: 0.45, browse: 0.245, till: 0.25, claim: 0.0525, refund: 0.0025 } as const;
export type Story = keyof typeof MIX;
export const STORIES = Object.keys(MIX) as Story[];

/** Operations that can be asked for by themselves, again and again: load on the services that answer them and on no other. */
export const ALONE = [
  'MemberHome',
  'MyCoupons',
  'CouponOffers',
  'Gifts',
  'History',
  'ClaimCoupon',
  'IdentifyMember',
  'QuoteCheckout',
  'RecordPurchase',
] as const satisfies readonly OperationName[];
export type Alone = (typeof ALONE)[number];

/** What `--only` may name: a story, `flash`, or an operation. */
export const CHOICES: readonly string[] = [...STORIES, 'flash', ...ALONE];

/** From where the load stands to `times` the base rate within `ramp` seconds, and then `hold` seconds of it. */
export type Stage = { times: number; ramp: number; hold: number };
export type Profile = {
  what: string;
  stages: Stage[];
  /** When so many try to get one coupon that there are too few of (`--tries`), beside everything else. */
  flash?: { from: number; seconds: number };
  /** Every story as often as the others, the rare ones too. */
  even?: true;
  /** Whether it looks for the end: it stops when a threshold is crossed, and late answers are what it is for. */
  breaking?: true;
};

export const PROFILES = {
  smoke: {
    what: 'does every story work: half a minute, hardly any load',
    stages: [{ times: 0.5, ramp: 0, hold: 30 }],
    even: true,
  },
  average: { what: 'an ordinary hour, in ten minutes', stages: [{ times: 1, ramp: 30, hold: 570 }] },
  'peak-day': {
    what: 'a peak shopping day in twenty minutes: coupon drop at ten, lunch, the evening',
    stages: [
      { times: 1, ramp: 10, hold: 110 },
      { times: 10, ramp: 5, hold: 175 },
      { times: 4, ramp: 60, hold: 180 },
      { times: 6, ramp: 30, hold: 180 },
      { times: 4, ramp: 30, hold: 90 },
      { times: 12, ramp: 30, hold: 180 },
      { times: 1, ramp: 60, hold: 60 },
    ],
    flash: { from: 120, seconds: 60 },
  },
  'flash-claim': {
    what: 'very many tries within half a minute on a coupon that there are too few of, beside an ordinary hour',
    stages: [{ times: 1, ramp: 0, hold: 60 }],
    flash: { from: 10, seconds: 30 },
  },
  spike: {
    what: 'fifteen times as many people within two seconds',
    stages: [
      { times: 1, ramp: 0, hold: 60 },
      { times: 15, ramp: 2, hold: 60 },
      { times: 1, ramp: 2, hold: 120 },
    ],
  },
  soak: { what: 'four hours at three times the ordinary load', stages: [{ times: 3, ramp: 60, hold: 14_340 }] },
  breakpoint: {
    what: 'more and more until answers are late or wrong',
    stages: [{ times: 40, ramp: 1_200, hold: 0 }],
    breaking: true,
  },
} satisfies Record<string, Profile>;
export type ProfileName = keyof typeof PROFILES;

export const isProfile = (name: string): name is ProfileName => Object.hasOwn(PROFILES, name);

type ArrivalStage = { target: number; duration: string };
export type Scenario = {
  executor: 'ramping-arrival-rate';
  exec: string;
  startTime?: string;
  startRate: number;
  timeUnit: string;
  stages: ArrivalStage[];
  preAllocatedVUs: number;
  maxVUs: number;
  gracefulStop: string;
  tags: { story: string };
  env: { OPERATION?: string };
};

/** The longest that an iteration takes when all is well, with a person's pauses: so many are under way at a time. */
const SECONDS: Record<Story, number> = { home: 1, browse: 2, till: 5, claim: 2, refund: 5 };
/** People still come when answers are late. */
const RESERVE = 8;

/** How long a profile is as it stands. */
export const lengthOf = ({ stages }: Profile) => stages.reduce((sum, { ramp, hold }) => sum + ramp + hold, 0);

/** Who takes part, and with which share of the rate: everybody as in MIX, or those of `only`, each as often as the other. */
function sharesOf(profile: Profile, only: readonly string[]): { name: string; share: number; seconds: number }[] {
  if (only.length === 0)
    return STORIES.map((name) => ({
      name,
      share: profile.even ? 1 / STORIES.length : MIX[name],
      seconds: SECONDS[name],
    }));
  const steady = only.filter((name) => name !== 'flash');
  return steady.map((name) => ({
    name,
    share: 1 / steady.length,
    seconds: Object.hasOwn(SECONDS, name) ? SECONDS[name as Story] : 1,
  }));
}

/** One scenario a story, arrivals by rate: people do not wait for each other. `scale` stretches or squeezes the time. */
export function scenariosOf(
  profile: Profile,
  rate: number,
  scale: number,
  only: readonly string[] = [],
  tries = 10_000,
): Record<string, Scenario> {
  const seconds = (value: number) => `${Math.max(1, Math.round(value * scale))}s`;
  const scenarios: Record<string, Scenario> = {};
  for (const { name, share, seconds: busy } of sharesOf(profile, only)) {
    // By the minute: k6 takes whole numbers, and some stories are told once in a while.
    const perMinute = (times: number) => Math.max(1, Math.round(rate * times * share * 60));
    const first = profile.stages[0]?.times ?? 1;
    const most = Math.max(...profile.stages.map(({ times }) => times));
    const people = Math.ceil(rate * most * share * busy) + 1;
    const isStory = Object.hasOwn(MIX, name);
    scenarios[name] = {
      executor: 'ramping-arrival-rate',
      exec: isStory ? name : 'alone',
      startRate: perMinute(profile.breaking ? 1 : first),
      timeUnit: '1m',
      stages: profile.stages.flatMap(({ times, ramp, hold }) => [
        ...(ramp > 0 ? [{ target: perMinute(times), duration: seconds(ramp) }] : []),
        ...(hold > 0 ? [{ target: perMinute(times), duration: seconds(hold) }] : []),
      ]),
      preAllocatedVUs: people,
      maxVUs: people * RESERVE,
      gracefulStop: '30s',
      tags: { story: name },
      env: isStory ? {} : { OPERATION: name },
    };
  }
  const { flash } = profile;
  if (flash !== undefined && (only.length === 0 || only.includes('flash'))) {
    const perSecond = Math.max(1, Math.round(tries / (flash.seconds * scale)));
    scenarios['flash'] = {
      executor: 'ramping-arrival-rate',
      exec: 'flash',
      startTime: seconds(flash.from),
      startRate: perSecond,
      timeUnit: '1s',
      stages: [{ target: perSecond, duration: seconds(flash.seconds) }],
      // Those who are let in late are people who were turned away.
      preAllocatedVUs: perSecond * 2,
      maxVUs: perSecond * 10,
      gracefulStop: '30s',
      tags: { story: 'flash' },
      env: {},
    };
  }
  return scenarios;
}
