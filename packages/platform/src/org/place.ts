import type { Place } from '@atrium/contracts';
import { siteToken } from '@atrium/kernel';

/** Whether sales of a mall are recorded by a process at this place. */
export function recordsFor({ site, sites }: Place, mallCode: string): boolean {
  const token = siteToken(mallCode);
  return site === null ? !sites.includes(token) : site === token;
}
