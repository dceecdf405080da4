// Points of other programmes: exchanged at a rate, settled at a price.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { ExchangePointsMutations } from './api/exchange-points.mutation';
import { ManagePartnersMutations } from './api/manage-partners.mutation';
import { PartnerExchangeResolver, PartnerResolver } from './api/partner.resolver';
import { PartnerExchangeDirectoryRow, PartnerExchangeRow, PartnerRateRow, PartnerRow } from './storage/partner.entity';
import { exchangePoints, type ExchangeCommand, exchanges } from './use-cases/exchange-points';
import { partnerRates, partners as partnersOf } from './use-cases/manage-partners';
import { publishPartnerRate, registerPartner, suspendPartner } from './use-cases/manage-partners';
import { reverseExchange } from './use-cases/reverse-exchange';

type CommandOf<Verb> = Verb extends (tx: never, command: infer Command) => unknown ? Command : never;

const verbs = ({ asked }: Transactions) => ({
  partners: (caller: Caller) => asked(caller, (tx) => partnersOf(tx)),
  partnerRates: (caller: Caller, id: string) => asked(caller, (tx) => partnerRates(tx, id)),
  registerPartner: (caller: Caller, command: CommandOf<typeof registerPartner>) =>
    asked(caller, (tx) => registerPartner(tx, command)),
  suspendPartner: (caller: Caller, command: CommandOf<typeof suspendPartner>) =>
    asked(caller, (tx) => suspendPartner(tx, command)),
  publishPartnerRate: (caller: Caller, command: CommandOf<typeof publishPartnerRate>) =>
    asked(caller, (tx) => publishPartnerRate(tx, command)),
  exchangePoints: (caller: Caller, command: ExchangeCommand) => asked(caller, (tx) => exchangePoints(tx, command)),
  reverseExchange: (caller: Caller, command: CommandOf<typeof reverseExchange>) =>
    asked(caller, (tx) => reverseExchange(tx, command)),
  exchanges: (caller: Caller, memberId: string, page: Page) => asked(caller, (tx) => exchanges(tx, memberId, page)),
});

export const partners: Feature<ReturnType<typeof verbs>> = {
  entities: [PartnerRow, PartnerRateRow, PartnerExchangeRow, PartnerExchangeDirectoryRow],
  verbs,
  resolvers: [PartnerResolver, PartnerExchangeResolver, ManagePartnersMutations, ExchangePointsMutations],
};
