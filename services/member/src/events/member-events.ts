import {
  IdentifierType,
  MemberFrozenSchema,
  MemberIdentifierAddedSchema,
  MemberRegisteredSchema,
  MemberUnfrozenSchema,
  StaffRoleGrantedSchema,
  StaffRoleRevokedSchema,
} from '@atrium/contracts';
import { event, type Fact, type FactAddress, publish, publishAll, type Tx } from '@atrium/platform';

const TYPES = {
  CARD: IdentifierType.CARD,
  PHONE: IdentifierType.PHONE,
  DYNAMIC_CODE: IdentifierType.DYNAMIC_CODE,
} as const;

export interface NewMember {
  id: string;
  homeMallId: string | null;
  /** The home mall's code: the site in the subject. */
  site: string | null;
  locale: string;
  joinedAt: Date;
  marketingConsent: boolean;
  identifiers: { type: 'CARD' | 'PHONE'; blindIndex: string }[];
}

/** Members joined, each with the identifiers that name her from now on. */
export async function publishRegistrations(tx: Tx, members: readonly NewMember[]): Promise<void> {
  const facts = members.flatMap((member) => {
    const address = (version: bigint): FactAddress => ({
      aggregateId: member.id,
      ownerId: member.id,
      siteId: member.homeMallId,
      site: member.site,
      version,
      occurredAt: tx.now,
    });
    const registered = event(MemberRegisteredSchema, {
      memberId: member.id,
      homeMallId: member.homeMallId ?? '',
      locale: member.locale,
      joinedAt: member.joinedAt.toISOString(),
      marketingConsent: member.marketingConsent,
    });
    const added = member.identifiers.map(({ type, blindIndex }, i): [Fact, FactAddress] => [
      event(MemberIdentifierAddedSchema, { memberId: member.id, type: TYPES[type], blindIndex }),
      address(BigInt(i + 2)),
    ]);
    return [[registered, address(1n)] as [Fact, FactAddress], ...added];
  });
  await publishAll(tx, facts);
}

/** From now until `validUntil` this code names the member. */
export const publishCode = (tx: Tx, memberId: string, blindIndex: string, validUntil: Date): Promise<void> =>
  publish(
    tx,
    event(MemberIdentifierAddedSchema, {
      memberId,
      type: TYPES.DYNAMIC_CODE,
      blindIndex,
      validUntil: validUntil.toISOString(),
    }),
    { aggregateId: memberId, ownerId: memberId, version: BigInt(tx.now.getTime()), occurredAt: tx.now },
  );

export interface FreezeFact {
  memberId: string;
  frozen: boolean;
  version: bigint;
  reasonCode: string;
  actor: string;
  siteId: string | null;
  site: string | null;
}

/** From now on the member spends nothing, or may again. */
export const publishFreeze = (tx: Tx, { frozen, siteId, site, ...fact }: FreezeFact): Promise<void> =>
  publish(
    tx,
    event(frozen ? MemberFrozenSchema : MemberUnfrozenSchema, { ...fact, occurredAt: tx.now.toISOString() }),
    {
      aggregateId: fact.memberId,
      ownerId: fact.memberId,
      siteId,
      site,
      version: fact.version,
      occurredAt: tx.now,
    },
  );

export interface RoleFact {
  staffId: string;
  role: string;
  nodeId: string;
}

export const publishRoleGranted = (tx: Tx, fact: RoleFact): Promise<void> =>
  publish(tx, event(StaffRoleGrantedSchema, fact), staffAddress(tx, fact));

export const publishRoleRevoked = (tx: Tx, fact: RoleFact): Promise<void> =>
  publish(tx, event(StaffRoleRevokedSchema, fact), staffAddress(tx, fact));

const staffAddress = (tx: Tx, { staffId }: RoleFact): FactAddress => ({
  aggregateId: staffId,
  ownerId: staffId,
  version: BigInt(tx.now.getTime()),
  occurredAt: tx.now,
});
