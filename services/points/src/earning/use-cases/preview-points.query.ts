// What one ticket earns by the rules in force, and what it would earn by others, within what the caps of its day and the
// budgets leave to it.
import { err, isUuid, ok, type Points, type Result } from '@atrium/kernel';
import { findOrgNode, merchantIdOf, type Tx } from '@atrium/platform';
import type { Step } from '../../ledger/domain/explanation';
import { findMembers } from '../../ledger/storage/member.repository';
import type { RuleBook } from '../../programme/domain/rule-book';
import { around, byTime, dependsOnDay, type Taken, takenBy, withRoom } from '../domain/day';
import { openPurse, type Purse, rateSale } from '../domain/earn';
import { explainRating } from '../domain/explain';
import { type AboutMember, inputsFor, type SaleToRate } from '../domain/inputs';
import type { Sale } from '../domain/sale';
import { type Ladder, tierAt } from '../domain/tier-timeline';
import { findBirthdays } from '../storage/birthday.repository';
import { estimateBudgets } from '../storage/budget.repository';
import { findSalesBetween, findSalesById } from '../storage/sale.repository';
import { findLadders, findTierPeriods } from '../storage/tier.repository';
import { type BookRefusal, openBooks, type RuleChanges } from './preview-book';

/** A ticket that has not been recorded. */
export interface Ticket extends Omit<SaleToRate, 'merchantId' | 'currency' | 'zone' | 'receivedAt'> {
  readonly currency: string;
  readonly memberId: string | null;
  /** Instead of the member's own. */
  readonly tierCode: string | null;
}

export type Previewed = { readonly purchaseId: string } | { readonly ticket: Ticket };

export interface Preview {
  readonly points: Points;
  readonly growth: Points;
  readonly steps: readonly Step[];
}

export type PreviewRefusal =
  | BookRefusal
  | { readonly code: 'INVALID_INPUT'; readonly path: readonly string[]; readonly reason: 'CURRENCY' | 'UNKNOWN_TIER' };

export async function previewPoints(
  tx: Tx,
  changes: RuleChanges,
  of: Previewed,
): Promise<Result<{ inForce: Preview; changed: Preview }, PreviewRefusal>> {
  const books = await openBooks(tx, changes);
  if (!books.ok) return books;
  const found = 'ticket' in of ? await ratable(tx, of.ticket) : await recorded(tx, of.purchaseId, books.value.inForce);
  if (!found.ok) return found;
  const taken = await takenBefore(tx, books.value, found.value);
  const { sale, about } = found.value;
  const by = async (book: RuleBook) =>
    preview(book, sale, about, { taken, purse: await purseFor(tx, book, books.value.inForce, found.value) });
  return ok({ inForce: await by(books.value.inForce), changed: await by(books.value.changed) });
}

export interface Limits {
  /** By the member's earlier sales. */
  readonly taken: readonly Taken[];
  readonly purse: Purse;
}
/** As if it were alone in the world. */
const ALONE: Limits = { taken: [], purse: openPurse };

export function preview(book: RuleBook, sale: SaleToRate, about: AboutMember, limits: Limits = ALONE): Preview {
  const inputs = withRoom(book, inputsFor(book, sale, about), sale, limits.taken);
  const rating = rateSale(book, inputs, limits.purse);
  return { points: rating.points, growth: rating.growth, steps: explainRating(book, inputs, rating) };
}

async function takenBefore(
  tx: Tx,
  { inForce, changed }: { inForce: RuleBook; changed: RuleBook },
  { sale: { occurredAt }, memberId, stored }: ToPreview,
): Promise<Taken[]> {
  if (memberId === null || ![inForce, changed].some((book) => dependsOnDay(book, occurredAt))) return [];
  const near = await findSalesBetween(tx, [memberId], [around(occurredAt).from], [occurredAt]);
  return takenBy(
    inForce,
    near.filter((other) => stored === null || byTime(other, stored) < 0),
  );
}

function purseFor(tx: Tx, book: RuleBook, inForce: RuleBook, { sale, stored }: ToPreview): Promise<Purse> {
  const campaigns = book.at(sale.occurredAt).campaigns.filter(({ terms }) => terms.budget !== null);
  const own = Object.entries(stored?.inputs.grants ?? {}).map(
    ([id, points]) => [inForce.campaign(id).ruleId, points] as const,
  );
  return estimateBudgets(tx, book, campaigns, new Map(own));
}

interface ToPreview {
  readonly sale: SaleToRate;
  readonly about: AboutMember;
  readonly memberId: string | null;
  /** Where it was recorded: it has its place among the sales of its day. */
  readonly stored: Sale | null;
}
type Found = Result<ToPreview, PreviewRefusal>;

async function ratable(tx: Tx, ticket: Ticket): Promise<Found> {
  const store = isUuid(ticket.storeId) ? await findOrgNode(tx, ticket.storeId) : null;
  const merchantId = store?.kind === 'STORE' ? merchantIdOf(store) : null;
  if (!store || merchantId === null) return err({ code: 'NOT_FOUND' });
  if (ticket.currency !== store.currency) {
    return err({ code: 'INVALID_INPUT', path: ['sale', 'lines', '0', 'paid', 'currency'], reason: 'CURRENCY' });
  }
  const { memberId, tierCode, occurredAt } = ticket;
  if (memberId !== null && !(isUuid(memberId) && (await findMembers(tx, [memberId])).has(memberId))) {
    return err({ code: 'NOT_FOUND' });
  }
  const ladders = await findLadders(tx);
  const periods = memberId === null ? [] : ((await findTierPeriods(tx, [memberId])).get(memberId) ?? []);
  const tier = tierCode === null ? tierAt(periods, ladders, occurredAt) : tierOf(tierCode, ladders, occurredAt);
  if (tierCode !== null && tier?.code !== tierCode) {
    return err({ code: 'INVALID_INPUT', path: ['sale', 'tierCode'], reason: 'UNKNOWN_TIER' });
  }
  const birthday = memberId === null ? null : ((await findBirthdays(tx, [memberId])).get(memberId) ?? null);
  const sale = { ...ticket, merchantId, zone: store.timeZone, receivedAt: occurredAt };
  return ok({ sale, about: { tier, birthday }, memberId, stored: null });
}

const tierOf = (toCode: string, ladders: readonly Ladder[], at: Date) =>
  tierAt([{ changeId: '', effectiveAt: new Date(0), toCode, version: 1n }], ladders, at);

async function recorded(tx: Tx, purchaseId: string, book: RuleBook): Promise<Found> {
  const sale = isUuid(purchaseId) ? (await findSalesById(tx, [purchaseId])).get(purchaseId) : undefined;
  if (!sale) return err({ code: 'NOT_FOUND' });
  const birthday = (await findBirthdays(tx, [sale.memberId])).get(sale.memberId) ?? null;
  const about = { tier: sale.inputs.tier, birthday };
  return ok({ sale: asRatable(sale, book), about, memberId: sale.memberId, stored: sale });
}

/** A sale as far as it is kept: what no rule of its time asked for is not known any more. */
export function asRatable(sale: Sale, book: RuleBook): SaleToRate {
  const { programmeId } = sale.inputs;
  const gross = programmeId !== null && book.programme(programmeId).terms.earning.basis === 'GROSS';
  const { merchantId, storeId, currency, zone, occurredAt } = sale;
  return {
    ...{ merchantId, storeId, currency, zone, occurredAt, receivedAt: occurredAt },
    channel: sale.inputs.channel,
    payments: sale.inputs.payments,
    lines: sale.lines.map(({ lineNo, category, eligibleMinor, refundableMinor }) => ({
      ...{ lineNo, category, pointsValueMinor: 0n, paidMinor: refundableMinor },
      grossMinor: gross ? eligibleMinor : refundableMinor,
    })),
  };
}
