import { canAnywhere, type Caller, DateScalar, DateTimeScalar, isSelf, make } from '@atrium/platform';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { maskCard, shortName, type Sight } from '../domain/masking';
import type { CardView, MemberView } from '../use-cases/member.query';
import { MallReference } from './mall.reference';

export enum MemberStatus {
  PENDING = 'PENDING',
  ACTIVE = 'ACTIVE',
  FROZEN = 'FROZEN',
  CLOSING = 'CLOSING',
  CLOSED = 'CLOSED',
  MERGED = 'MERGED',
}
registerEnumType(MemberStatus, { name: 'MemberStatus', description: 'Where a membership stands in its life.' });

export enum MemberCardStatus {
  ACTIVE = 'ACTIVE',
  LOST = 'LOST',
  REPLACED = 'REPLACED',
}
registerEnumType(MemberCardStatus, { name: 'MemberCardStatus', description: 'Whether a card still names its member.' });

@ObjectType({ description: 'A card in a member’s hands.' })
export class MemberCard {
  @Field(() => String, { description: 'Whole for the member and for personal-data roles, else the last digits only.' })
  number: string;

  @Field(() => DateTimeScalar)
  issuedAt: Date;

  @Field(() => MemberCardStatus)
  status: MemberCardStatus;
}

@ObjectType({ description: "A person in a mall group's programme. Each subgraph adds its own part." })
@Directive('@key(fields: "id")')
export class Member {
  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true, description: 'Shortened for shop staff and tills.' })
  displayName: string | null;

  @Field(() => String, { nullable: true, description: 'The phone number, always masked: "138****8000".' })
  phoneMasked: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'For the member and for personal-data roles only.' })
  birthday: string | null;

  @Field(() => String, { description: 'The language that messages are written in: zh-CN or en.' })
  locale: string;

  @Field(() => MemberStatus)
  status: MemberStatus;

  /** For the field of the same meaning. */
  mergedIntoId: string | null;

  @Field(() => DateTimeScalar)
  joinedAt: Date;

  @Field(() => MallReference, { nullable: true, description: 'The mall where the member joined.' })
  homeMall: MallReference | null;
}

/** The member herself and personal-data roles see the person; everybody else recognises her. */
export const sightOf = (caller: Caller, memberId: string): Sight =>
  isSelf(caller, memberId) || canAnywhere(caller, 'member:read-personal') ? 'FULL' : 'MASKED';

export function toMember(view: MemberView, caller: Caller): Member {
  const full = sightOf(caller, view.id) === 'FULL';
  return make(Member, {
    id: view.id,
    displayName: full || view.displayName === null ? view.displayName : shortName(view.displayName),
    phoneMasked: view.phoneMasked,
    birthday: full ? view.birthday : null,
    locale: view.locale,
    status: MemberStatus[view.status],
    mergedIntoId: view.mergedInto,
    joinedAt: view.joinedAt,
    homeMall: view.homeMallId === null ? null : make(MallReference, { id: view.homeMallId }),
  });
}

export const toCard = (card: CardView, caller: Caller): MemberCard =>
  make(MemberCard, {
    number: sightOf(caller, card.memberId) === 'FULL' ? card.number : maskCard(card.number),
    issuedAt: card.issuedAt,
    status: MemberCardStatus[card.status],
  });
