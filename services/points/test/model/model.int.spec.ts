// Random programmes, sales, refunds, holds, expiries, repeats, late arrivals and clock moves, against the naive model, step by
// step on a real PostgreSQL. A failure prints its seed and path; to see it again:
//   MODEL_SEED=<seed> MODEL_PATH=<path> npx jest -c services/points/jest.config.cjs test/model
// With MODEL_SHRINK=1 as well it is made as short as it can be.
import fc from 'fast-check';
import { setting, START, step } from './story';
import { Story } from './told';
import { openWorld, type World } from './world';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 25);
/** The same stories every time, so that a change is judged by what it changes; `MODEL_SEED=random` tells new ones. */
const { MODEL_SEED: seed = '7', MODEL_PATH: path } = process.env;

/** Ids follow from a story's number, and some rules go by ids: told alone, it has the number that it had among others. */
let told = path === undefined ? 0 : Number.parseInt(path, 10);

let world: World;
beforeAll(async () => {
  world = await openWorld(new Date(START));
});
afterAll(() => world?.close());

it(
  'every step of every story leaves what the naive model says',
  async () => {
    await fc.assert(
      fc.asyncProperty(setting, fc.array(step, { minLength: 30, maxLength: 70, size: 'max' }), async (given, steps) => {
        const story = new Story(world, given, ++told);
        await story.begin();
        for (const what of steps) await story.tell(what);
      }),
      {
        numRuns: RUNS,
        seed: seed === 'random' ? Date.now() : Number(seed),
        ...(path === undefined ? {} : { path }),
        // Shrinking tells hundreds of stories: minutes.
        endOnFailure: process.env['MODEL_SHRINK'] === undefined,
      },
    );
  },
  15 * 60_000,
);
