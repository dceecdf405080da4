// What a member can do for points today, and what they did.
import { businessDate } from '@atrium/kernel';
import { findOrgNode, type Page, type Tx } from '@atrium/platform';
import { findMembers } from '../../ledger/storage/member.repository';
import { inForce, programmeAt } from '../../programme/domain/rules';
import type { InteractionTerms } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { daysInARow, interact } from '../domain/interact';
import { findInteractions, findPast, type Interaction } from '../storage/interaction.repository';

export interface InteractionOffer {
  code: string;
  terms: InteractionTerms;
  /** What the next one earns now; null when there is none to be had today. */
  points: bigint | null;
  doneToday: number;
  streak: number;
}

export async function interactionOffers(tx: Tx, memberId: string): Promise<InteractionOffer[]> {
  const rules = await findRules(tx);
  const programme = programmeAt(rules, tx.now);
  const member = (await findMembers(tx, [memberId])).get(memberId);
  const home = await findOrgNode(tx, member?.homeMallId ?? tx.groupId ?? '');
  if (!programme || !member || !home) return [];
  const day = businessDate(tx.now, home.timeZone, programme.terms.dayCutHour * 60);
  const offers: InteractionOffer[] = [];
  for (const { code, terms } of inForce(rules.interactions, tx.now)) {
    const past = await findPast(tx, memberId, code, day);
    const next = interact(terms, past, day);
    const streak = daysInARow(past.days, day) - (past.onDay === 0 ? 1 : 0);
    offers.push({ code, terms, points: next.ok ? next.value.points : null, doneToday: past.onDay, streak });
  }
  return offers;
}

export const interactions = (tx: Tx, memberId: string, page: Page): Promise<Interaction[]> =>
  findInteractions(tx, memberId, page);
