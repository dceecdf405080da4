import { agree } from './fuzz/agreement';
import { Executors, UNMERGEABLE } from './fuzz/executors';
import { type Query, randomQuery } from './fuzz/queries';
import type { Weather } from './fuzz/subgraphs';
import { supergraphs } from './fuzz/supergraphs';

/**
 * Random operations over random data, answered by Apollo's executor and by ours. Another seed: FUZZ_SEED. More:
 * FUZZ_RUNS, the number of answers compared. A difference prints the seed of its operation, which runs alone with FUZZ_ONLY.
 */
const SEED = process.env['FUZZ_SEED'] ?? 'atrium';
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_500);
const ONLY = process.env['FUZZ_ONLY'];
const WORLDS = 4;
const PROGRESS = 2_500;

const WEATHERS: Weather[] = [
  { nulls: 5, errors: 0, lies: 0, away: 0 },
  { nulls: 12, errors: 6, lies: 0, away: 0 },
  { nulls: 8, errors: 3, lies: 0, away: 12 },
  { nulls: 8, errors: 2, lies: 1, away: 3 },
];

/** Answers: alike to the letter; alike where both have something, unmergeable; for the stock executor only. */
type Outcome = 'same' | 'unmergeable' | 'foreign';
const NOTHING = { operations: 0, same: 0, unmergeable: 0, foreign: 0, tooComplex: 0, unplannable: 0 };
type Seen = typeof NOTHING;

const say = (name: string, seen: Seen) =>
  process.stdout.write(`fuzz ${SEED}, ${name}: ${seen.same + seen.unmergeable} compared ${JSON.stringify(seen)}\n`);

describe('answers of both executors', () => {
  const all: Seen = { ...NOTHING };
  afterAll(() => say('all', all));

  it.each([...supergraphs()])(
    'are the same over %s',
    async (name, sdl) => {
      const executors = await new Executors(sdl).load();
      const runs = ONLY === undefined ? Math.ceil(RUNS / supergraphs().size) : 1;
      const seen: Seen = { ...NOTHING };
      const done = () => seen.same + seen.unmergeable >= runs || (ONLY !== undefined && seen.operations > 0);
      for (let at = 0; !done(); at++) {
        const before = seen.same;
        await runOne(executors, ONLY ?? `${SEED} ${name} ${at}`, seen);
        if (Math.floor(before / PROGRESS) < Math.floor(seen.same / PROGRESS)) say(name, seen);
      }
      await executors.stop();
      say(name, seen);
      for (const key of Object.keys(all) as (keyof Seen)[]) all[key] += seen[key];

      expect(executors.failed).toEqual([]);
      // What is compared in part, or not at all, must be rare.
      expect(seen.foreign).toBeLessThan(runs / 50 + 1);
      expect(seen.unmergeable).toBeLessThan(runs / 50 + 1);
      expect(seen.tooComplex).toBeLessThan(seen.operations / 20 + 2);
      expect(seen.unplannable).toBeLessThan(seen.operations / 8 + 2);
      if (name === 'waves' && ONLY === undefined) {
        expect(executors.waves.merged).toBeGreaterThan(runs / 6);
        expect(executors.waves.apart).toBeGreaterThan(runs / 200);
      }
    },
    86_400_000,
  );
});

async function runOne(executors: Executors, seed: string, seen: Seen): Promise<void> {
  const query = randomQuery(executors.schema, seed);
  seen.operations++;
  const refused = await executors.prepare(query);
  if (refused === 'OPERATION_TOO_COMPLEX') seen.tooComplex++;
  else if (refused !== undefined) seen.unplannable++;
  else for (let world = 0; world < WORLDS; world++) seen[await compare(executors, query, seed, world)]++;
}

async function compare(executors: Executors, query: Query, seed: string, world: number): Promise<Outcome> {
  executors.set(`${seed} ${world}`, WEATHERS[world % WEATHERS.length] as Weather);
  const stock = await executors.stock(query);
  const compiled = await executors.compiled(query);
  if (compiled === undefined) return 'foreign';
  if (JSON.stringify(stock) === JSON.stringify(compiled)) return 'same';
  const unmergeable = [stock, compiled].every(({ errors }) => errors.includes(UNMERGEABLE));
  if (unmergeable && agree(JSON.parse(stock.data), JSON.parse(compiled.data))) return 'unmergeable';
  const context = `FUZZ_ONLY='${seed}', world ${world}: ${JSON.stringify(query)}`;
  expect({ context, answer: compiled }).toEqual({ context, answer: stock });
  return 'same';
}
