import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WHOLE_STOP_MS } from './stopping';

it.each(['subgraph', 'gateway'])('a process of the chart %s ends by itself before it is killed', (chart) => {
  const file = join(__dirname, '../../../../charts', chart, 'values.schema.json');
  const { properties } = JSON.parse(readFileSync(file, 'utf8')) as {
    properties: { terminationGracePeriodSeconds: { minimum: number } };
  };
  expect(WHOLE_STOP_MS).toBeLessThan(properties.terminationGracePeriodSeconds.minimum * 1000);
});
