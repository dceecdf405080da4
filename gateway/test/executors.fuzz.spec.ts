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

const WEATHERS: Weather[] = [
  { nulls: 5, errors: 0, lies: 0, away: 0 },
  { nulls: 12, errors: 6, lies: 0, away: 0 },
  { nulls: 8, errors: 3, lies: 0, away: 12 },
  { nulls: 8, errors: 2, lies: 1, away: 3 },
];

type Outcome = 'same' | 'unmergeable' | 'foreign';

describe('answers of both executors', () => {
  it.each([...supergraphs()])(
    'are the same over %s',
    async (name, sdl) => {
      const executors = await new Executors(sdl).load();
      const runs = ONLY === undefined ? Math.ceil(RUNS / supergraphs().size) : 1;
      const seen = { same: 0, unmergeable: 0, foreign: 0, unplanned: 0 };
      for (let at = 0; seen.same + seen.unmergeable < runs && (ONLY === undefined || at === 0); at++) {
        const seed = ONLY ?? `${SEED} ${name} ${at}`;
        const query = randomQuery(executors.schema, seed);
        if ((await executors.prepare(query)) !== undefined) seen.unplanned++;
        else for (let world = 0; world < WORLDS; world++) seen[await compare(executors, query, seed, world)]++;
      }
      await executors.stop();
      process.stdout.write(`${name}: ${JSON.stringify(seen)}\n`);
      expect(executors.failed).toEqual([]);
      // What goes to the stock executor is compared with nothing; it must be rare.
      expect(seen.foreign).toBeLessThan(runs / 50 + 1);
      expect(seen.unplanned).toBeLessThan(runs / WORLDS / 4 + 1);
      if (name === 'waves' && ONLY === undefined) {
        expect(executors.waves.merged).toBeGreaterThan(runs / 6);
        expect(executors.waves.apart).toBeGreaterThan(runs / 200);
      }
    },
    3_600_000,
  );
});

async function compare(executors: Executors, query: Query, seed: string, world: number): Promise<Outcome> {
  executors.set(`${seed} ${world}`, WEATHERS[world % WEATHERS.length] as Weather);
  const stock = await executors.stock(query);
  const compiled = await executors.compiled(query);
  if (compiled === undefined) return 'foreign';
  if (stock.errors.includes(UNMERGEABLE) && compiled.errors.includes(UNMERGEABLE)) return 'unmergeable';
  if (JSON.stringify(stock) !== JSON.stringify(compiled)) {
    const context = `FUZZ_ONLY='${seed}', world ${world}: ${JSON.stringify(query)}`;
    expect({ context, answer: compiled }).toEqual({ context, answer: stock });
  }
  return 'same';
}
