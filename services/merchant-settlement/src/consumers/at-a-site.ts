import { ContractPublishedSchema, durableName } from '@atrium/contracts';
import { consumer, orgNodeConsumer } from '@atrium/platform';
import { hearContracts } from '../use-cases/hear-contracts';

/** What a site hears of the hub's settlement, beside what both hear of other contexts. */
export const atASite = [
  orgNodeConsumer('merchant-settlement'),
  consumer({
    name: durableName('merchant-settlement', ContractPublishedSchema),
    event: ContractPublishedSchema,
    handle: hearContracts,
  }),
];
