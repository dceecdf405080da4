// Points for what members do other than buying: signing in, sharing, answering.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { InteractionResolver } from './api/interaction.resolver';
import { RecordInteractionMutation } from './api/record-interaction.mutation';
import { InteractionReferenceRow, InteractionRow } from './storage/interaction.entity';
import { interactionOffers, interactions as interactionsOf } from './use-cases/interactions.query';
import { type InteractionCommand, recordInteraction } from './use-cases/record-interaction';

const verbs = ({ asked }: Transactions) => ({
  recordInteraction: (caller: Caller, command: InteractionCommand) =>
    asked(caller, (tx) => recordInteraction(tx, command)),
  interactionOffers: (caller: Caller, memberId: string) => asked(caller, (tx) => interactionOffers(tx, memberId)),
  interactions: (caller: Caller, memberId: string, page: Page) =>
    asked(caller, (tx) => interactionsOf(tx, memberId, page)),
});

export const interactions: Feature<ReturnType<typeof verbs>> = {
  entities: [InteractionRow, InteractionReferenceRow],
  verbs,
  resolvers: [InteractionResolver, RecordInteractionMutation],
};
