import { buildSubgraph, type Subgraph } from '@atrium/platform';
import { MarkMessageReadMutation } from './mark-message-read.mutation';
import { MemberInboxResolver, MemberReference, resolveMember } from './member.reference';
import { MessageTemplateResolver } from './publish-message-template.mutation';
import { PurchaseMessagesResolver, PurchaseReference, resolvePurchase } from './purchase.reference';

export const buildMessagingSubgraph = (): Promise<Subgraph> =>
  buildSubgraph({
    resolvers: [MemberInboxResolver, PurchaseMessagesResolver, MarkMessageReadMutation, MessageTemplateResolver],
    orphanedTypes: [MemberReference, PurchaseReference],
    references: { Member: resolveMember, Purchase: resolvePurchase },
  });
