// npm run --silent token -- …: prints a caller's token for the graph that runs in this folder.
import { parseArgs } from 'node:util';
import { isUuid } from '@atrium/kernel';
import { type AtriumClaim, isRole, ROLES } from '@atrium/platform';
import {
  DEFAULT_DIR,
  groupIdOf,
  readKeys,
  readState,
  serviceClaim,
  signCallerToken,
  UsageError,
} from '@atrium/platform/operator';
import { runCommand } from './command';
import { localClient } from './local-client';

const HELP = `npm run --silent token -- one of
  --member ID                        a member, by id
  --till STORE_CODE                  the till of a store
  --staff ROLE [--at NODE_CODE]      ${ROLES.join(', ')};
                                     at a group, mall, store, or MALL/MERCHANT code (the group when left out)
  --service NAME                     a connector, for example an import
with [--group CODE], the mall group (the demo's when left out)`;

interface Node {
  id: string;
  code: string;
  kind: 'mall' | 'merchant' | 'store';
}

async function nodesOf(group: string): Promise<Node[]> {
  const client = await localClient('token', serviceClaim(group, 'token'));
  type Answer = {
    malls: {
      id: string;
      code: string;
      merchants: { id: string; code: string; stores: { id: string; code: string }[] }[];
    }[];
  };
  const { malls } = await client.ask<Answer>('{ malls { id code merchants { id code stores { id code } } } }');
  return malls.flatMap((mall) => [
    { id: mall.id, code: mall.code, kind: 'mall' as const },
    ...mall.merchants.flatMap((merchant) => [
      { id: merchant.id, code: `${mall.code}/${merchant.code}`, kind: 'merchant' as const },
      ...merchant.stores.map((store) => ({ id: store.id, code: store.code, kind: 'store' as const })),
    ]),
  ]);
}

async function find(group: string, code: string, kinds: Node['kind'][]): Promise<string> {
  const nodes = (await nodesOf(group)).filter(({ kind }) => kinds.includes(kind));
  const found = nodes.filter((node) => node.code === code);
  if (found[0] && found.length === 1) return found[0].id;
  const some = nodes.slice(0, 20).map((node) => node.code);
  throw new UsageError(
    `${found.length > 1 ? 'More than one' : 'No'} ${kinds.join(' or ')} has the code ${code} in ${group}. Known: ${some.join(', ') || 'none'}`,
  );
}

runCommand(async () => {
  let options;
  try {
    options = parseArgs({
      options: {
        member: { type: 'string' },
        till: { type: 'string' },
        staff: { type: 'string' },
        service: { type: 'string' },
        at: { type: 'string' },
        group: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const group = options.group ?? readState().group;
  const chosen = [options.member, options.till, options.staff, options.service].filter((value) => value !== undefined);
  if (chosen.length !== 1) throw new UsageError(HELP);

  let claim: AtriumClaim;
  let subject: string;
  if (options.member !== undefined) {
    if (!isUuid(options.member)) throw new UsageError('--member takes a member id (a UUID).');
    claim = { kind: 'MEMBER', group: groupIdOf(group), member: options.member };
    subject = options.member;
  } else if (options.till !== undefined) {
    claim = {
      kind: 'TILL',
      group: groupIdOf(group),
      store: await find(group, options.till, ['store']),
      name: `Till of ${options.till}`,
    };
    subject = `till:${options.till}`;
  } else if (options.staff !== undefined) {
    if (!isRole(options.staff)) throw new UsageError(`There is no role ${options.staff}. Roles: ${ROLES.join(', ')}`);
    const node =
      options.at === undefined || options.at === group
        ? groupIdOf(group)
        : await find(group, options.at, ['mall', 'merchant', 'store']);
    claim = { kind: 'STAFF', group: groupIdOf(group), grants: [{ role: options.staff, node }], name: options.staff };
    subject = `staff:${options.staff}@${options.at ?? group}`;
  } else {
    const name = options.service ?? '';
    claim = serviceClaim(group, name);
    subject = `service:${name}`;
  }
  console.log(await signCallerToken(readKeys(DEFAULT_DIR), subject, claim));
});
