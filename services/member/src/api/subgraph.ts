import { buildSubgraph, type Subgraph } from '@atrium/platform';
import { EnrolCardsMutation } from './enrol-cards.mutation';
import { FreezeMemberMutation } from './freeze-member.mutation';
import { MergeMembersMutation } from './merge-members.mutation';
import { MallReference } from './mall.reference';
import { MemberResolver, resolveMember } from './member.resolver';
import { RegisterMemberMutation } from './register-member.mutation';
import { ShowMemberCodeMutation } from './show-member-code.mutation';
import { StaffRolesMutation } from './staff-roles.mutation';
import { StaffResolver } from './staff.resolver';
import { StoreReference } from './store.reference';
import { ViewerResolver } from './viewer.resolver';

export const buildMemberSubgraph = (): Promise<Subgraph> =>
  buildSubgraph({
    resolvers: [
      ViewerResolver,
      MemberResolver,
      RegisterMemberMutation,
      ShowMemberCodeMutation,
      EnrolCardsMutation,
      FreezeMemberMutation,
      MergeMembersMutation,
      StaffResolver,
      StaffRolesMutation,
    ],
    orphanedTypes: [MallReference, StoreReference],
    references: { Member: resolveMember },
  });
