import { type Database, PlatformTables1763769600000, type ServiceDefinition } from '@atrium/platform';
import type { PointsContext } from './api/context';
import { createPointsContext } from './api/create-context';
import { buildPointsSubgraph } from './api/subgraph';
import type { PointsConfig } from './config';
import { deskOf } from './desk/feature';
import { earning } from './earning/feature';
import { birthdaysFrom } from './earning/events/birthday-requests';
import { type Questions, transactions } from './feature';
import { gifts } from './gifts/feature';
import { interactions } from './interactions/feature';
import { ledger } from './ledger/feature';
import { Points1763769700000 } from './migrations/1763769700000-points';
import { LockOrder1763950000000 } from './migrations/1763950000000-lock-order';
import { Rating1763805000000 } from './migrations/1763805000000-rating';
import { Desk1763800017000 } from './migrations/1763800017000-desk';
import { DeskActs1763900017000 } from './migrations/1763900017000-desk-acts';
import { Redemptions1763856000000 } from './migrations/1763856000000-redemptions';
import { PointsFreeze1763865000000 } from './migrations/1763865000000-points-freeze';
import { PointsLots1763862000000 } from './migrations/1763862000000-points-lots';
import { OrderHolds1763866000000 } from './migrations/1763866000000-order-holds';
import { SpentPoints1763874000000 } from './migrations/1763874000000-spent-points';
import { PointsLiability1763875000000 } from './migrations/1763875000000-points-liability';
import { Interactions1763880000000 } from './migrations/1763880000000-interactions';
import { Partners1763890000000 } from './migrations/1763890000000-partners';
import { PointsOpen1763780000000 } from './migrations/1763780000000-points-open';
import { ProofBlocks1763790000000 } from './migrations/1763790000000-proof-blocks';
import { RuleLife1763870000000 } from './migrations/1763870000000-rule-life';
import { FreeAccounts1763930000000 } from './migrations/1763930000000-free-accounts';
import { Gifts1763856000018 } from './migrations/1763856000018-gifts';
import { ExpiryNotice1763871000000 } from './migrations/1763871000000-expiry-notice';
import { Transfers1763870000018 } from './migrations/1763870000018-transfers';
import { PointsHot1763940000000 } from './migrations/1763940000000-points-hot';
import { ProgrammeVersion1763910000000 } from './migrations/1763910000000-programme-version';
import { WaitingExceptions1763930000030 } from './migrations/1763930000030-waiting-exceptions';
import { merges } from './merges/feature';
import { MergedPersons1763920000023 } from './migrations/1763920000023-merged-persons';
import { Merges1763920000022 } from './migrations/1763920000022-merges';
import { partners } from './partners/feature';
import { DeskExceptions1763900017700 } from './migrations/1763900017700-desk-exceptions';
import { BulkAdjustments1763900017800 } from './migrations/1763900017800-bulk-adjustments';
import { programme } from './programme/feature';
import { proof } from './proof/feature';
import { spending } from './spending/feature';
import { transfers } from './transfers/feature';

/** The desk decides what the others ask a second person for. */
const desk = deskOf([ledger, programme, earning, spending, transfers, gifts]);
const FEATURES = [
  ledger,
  programme,
  earning,
  spending,
  transfers,
  gifts,
  interactions,
  partners,
  merges,
  desk,
  proof,
] as const;

/** What the points service can do, each verb in its own transaction. */
export type PointsApp = ReturnType<typeof bindVerbs>;

export function bindVerbs(db: Database, ask: Questions) {
  const tx = transactions(db, ask);
  return {
    ...ledger.verbs(tx),
    ...programme.verbs(tx),
    ...earning.verbs(tx),
    ...spending.verbs(tx),
    ...transfers.verbs(tx),
    ...gifts.verbs(tx),
    ...interactions.verbs(tx),
    ...partners.verbs(tx),
    ...desk.verbs(tx),
    ...proof.verbs(tx),
  };
}

export const pointsService: ServiceDefinition<PointsConfig, PointsApp, PointsContext> = {
  name: 'points',
  entities: FEATURES.flatMap(({ entities }) => [...entities]),
  migrations: [
    PlatformTables1763769600000,
    Points1763769700000,
    PointsOpen1763780000000,
    ProofBlocks1763790000000,
    Rating1763805000000,
    Desk1763800017000,
    Redemptions1763856000000,
    PointsLots1763862000000,
    PointsFreeze1763865000000,
    OrderHolds1763866000000,
    SpentPoints1763874000000,
    RuleLife1763870000000,
    Gifts1763856000018,
    ExpiryNotice1763871000000,
    DeskActs1763900017000,
    DeskExceptions1763900017700,
    BulkAdjustments1763900017800,
    PointsLiability1763875000000,
    Transfers1763870000018,
    ProgrammeVersion1763910000000,
    Interactions1763880000000,
    Partners1763890000000,
    Merges1763920000022,
    MergedPersons1763920000023,
    FreeAccounts1763930000000,
    WaitingExceptions1763930000030,
    PointsHot1763940000000,
    LockOrder1763950000000,
  ],
  createApp: ({ db, bus }) => bindVerbs(db, { birthdays: birthdaysFrom(bus) }),
  buildSubgraph: () => buildPointsSubgraph(FEATURES.flatMap(({ resolvers }) => [...resolvers])),
  createContext: (request, app) => createPointsContext(request, app),
  consumers: (app) => FEATURES.flatMap(({ consumers }) => [...(consumers?.(app) ?? [])]),
  jobs: (app) => FEATURES.flatMap(({ jobs }) => [...(jobs?.(app) ?? [])]),
  responders: (app) => FEATURES.flatMap(({ responders }) => [...(responders?.(app) ?? [])]),
};
