import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tierService } from '../src/app';

it('schema.graphql is what the code says', async () => {
  const { sdl } = await tierService.buildSubgraph();
  expect(readFileSync(join(__dirname, '../schema.graphql'), 'utf8')).toBe(sdl);
});
