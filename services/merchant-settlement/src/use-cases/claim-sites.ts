// A site's name stands in subjects without its group: on one hub it is one mall's.
import type { Place } from '@atrium/contracts';
import { siteToken } from '@atrium/kernel';
import { ConfigError, type Database } from '@atrium/platform';
import { claimSite, findAllMalls } from '../storage/site.repository';

/** Malls that were here before they became sites get their names. A mall that is made later claims its own. */
export async function claimSites(db: Database, { sites }: Place): Promise<void> {
  if (sites.length === 0) return;
  await db.inSystemTransaction(async (tx) => {
    const malls = await findAllMalls(tx);
    for (const site of sites) {
      const named = malls.filter(({ code }) => siteToken(code) === site);
      if (named.length > 1) throw nameOfMany(site, named);
      const [mall] = named;
      if (mall && !(await claimSite(tx, site, mall))) throw nameOfMany(site, named);
    }
  });
}

const nameOfMany = (site: string, malls: readonly { groupId: string; id: string }[]): ConfigError =>
  new ConfigError(
    `SITES: ${site} is the name of more than one mall on this hub (${malls.map(({ groupId, id }) => `${id} of group ${groupId}`).join(', ')}). ` +
      'A site has its name to itself: give one of the groups a hub of its own (docs/how-to/many-sites.md)',
  );
