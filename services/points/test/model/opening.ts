// How a story begins: the places, the members, the tiers and the rules of its mall group.
import {
  MemberRegisteredSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  TierLadderPublishedSchema,
} from '@atrium/contracts';
import { MEMBERS, MERCHANTS, type Setting, START, TIERS } from './story';
import { termsOf } from './terms';
import type { Tenant } from './world';

const ALWAYS = new Date('2020-01-01T00:00:00Z');

export async function open(tenant: Tenant, given: Setting): Promise<void> {
  await buildPlaces(tenant, given);
  for (const name of MEMBERS) {
    const memberId = tenant.id(name);
    const member = { memberId, homeMallId: tenant.id('mall'), joinedAt: new Date(START).toISOString(), locale: 'en' };
    await tenant.deliver(MemberRegisteredSchema, member, memberId);
  }
  const tiers = TIERS.map(({ code, multiplier: earnMultiplier }, rank) => ({ code, rank, earnMultiplier }));
  const ladderVersionId = tenant.id('ladder');
  await tenant.deliver(
    TierLadderPublishedSchema,
    { ladderVersionId, version: 1n, effectiveFrom: ALWAYS.toISOString(), tiers },
    ladderVersionId,
  );
  const terms = termsOf(given, (name) => tenant.id(name));
  await tenant.rule('PROGRAMME', 'PROGRAMME', terms.programme, ALWAYS);
  for (const [i, earn] of terms.earn.entries()) await tenant.rule('EARN', `E${i}`, earn, ALWAYS);
  for (const c of terms.campaigns) await tenant.rule('CAMPAIGN', c.code, c.terms, c.from, c.to);
}

async function buildPlaces(tenant: Tenant, { policy }: Setting): Promise<void> {
  const { groupId } = tenant;
  const mall = tenant.id('mall');
  const nodes: [OrgNodeKind, string, string[]][] = [
    [OrgNodeKind.GROUP, groupId, []],
    [OrgNodeKind.MALL, mall, [groupId]],
    ...MERCHANTS.flatMap((name): [OrgNodeKind, string, string[]][] => [
      [OrgNodeKind.MERCHANT, tenant.id(name), [groupId, mall]],
      [OrgNodeKind.STORE, tenant.id(`${name}-1`), [groupId, mall, tenant.id(name)]],
    ]),
  ];
  for (const [kind, nodeId, above] of nodes) {
    const node = { nodeId, kind, path: [...above, nodeId], code: kind.toString(), name: 'x', version: 1n };
    const place = { timeZone: policy.zone, currency: 'CNY', dayCutMinutes: policy.dayCutHour * 60 };
    await tenant.deliver(OrgNodeRecordedSchema, { ...node, ...place }, nodeId);
  }
}
