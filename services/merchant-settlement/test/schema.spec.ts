import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settlementService } from '../src/app';

const FILE = join(__dirname, '../schema.graphql');

describe('the committed schema', () => {
  it('is the one the code builds', async () => {
    const { sdl } = await settlementService.buildSubgraph();
    if (process.env['ATRIUM_WRITE_SCHEMA'] === 'true') writeFileSync(FILE, sdl);
    expect(readFileSync(FILE, 'utf8')).toBe(sdl);
  });
});
