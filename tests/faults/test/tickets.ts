import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@atrium/testkit';

/** A month of a real shop's tickets; kept beside the repository. */
const FOLDER = join(ROOT, '..', 'shared', 'data', 'tickets');
export const TICKETS = join(FOLDER, 'tickets.csv');
export const SALES = 3_201;
export const PAID = '93400.41';

export const importArgs = (rejects: string): string[] => [
  ...[TICKETS, '--stores', join(FOLDER, 'stores.csv'), '--source', 'TILL-EXPORT', '--zone', 'America/New_York'],
  ...['--create-missing', '--wait', '--rejects', rejects],
];

/** `describe`, or a skip that says why. In CI the tickets have to be there. */
export function describeWithTickets(name: string, body: () => void): void {
  if (existsSync(TICKETS) || process.env['CI']) return describe(name, body);
  process.stderr.write(`Skipped: ${name}. It needs ${TICKETS}\n`);
  describe.skip(name, body);
}
