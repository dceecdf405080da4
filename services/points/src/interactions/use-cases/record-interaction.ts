// A member did something that earns points without buying: signed in, shared, answered. Who says so, and with what proof,
// is the rule's to say.
import { createPublicKey, verify } from 'node:crypto';
import { businessDate, err, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type OrgNode, type Tx } from '@atrium/platform';
import { credit } from '../../ledger/domain/credit';
import type { Step } from '../../ledger/domain/explanation';
import { lifeOf } from '../../ledger/domain/expiry';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { inForce, programmeAt, type RuleVersion } from '../../programme/domain/rules';
import type { InteractionTerms } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { interact, type InteractionLimit, type Reward } from '../domain/interact';
import { claimReference, findPast, insertInteraction, type Interaction } from '../storage/interaction.repository';

export interface InteractionCommand {
  key: string;
  actor: string;
  memberId: string;
  /** The member speaks for themselves: only what needs no proof, or a signed one. */
  bySelf: boolean;
  code: string;
  mallId: string | null;
  reference: string | null;
  /** Ed25519 over {@link proofText}, base64url. */
  signature: string | null;
  /** Null: now. */
  occurredAt: Date | null;
}

export type InteractionFault = 'REFERENCE' | 'SIGNATURE' | 'IN_THE_FUTURE' | 'TOO_OLD' | 'NO_PROGRAMME';
export type InteractionRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: InteractionFault }
  | { code: 'NOT_ELIGIBLE' }
  | { code: 'ALREADY_USED' }
  | InteractionLimit;

export type RecordedInteraction = Interaction;

const AGE_MAX_MS = 7 * 86_400_000;
/** Clocks of clients run ahead a little. */
const AHEAD_MAX_MS = 2 * 60_000;
const REFERENCE_MAX = 200;

/** What a signer signs: one line for each part, so that no two requests have one text. */
export const proofText = (p: { groupId: string; code: string; memberId: string; reference: string }): string =>
  ['atrium-interaction-1', p.groupId, p.code, p.memberId, p.reference].join('\n');

export async function recordInteraction(
  tx: Tx,
  command: InteractionCommand,
): Promise<Result<Interaction, InteractionRefusal | IdempotencyRefusal>> {
  const { key, actor, memberId, code, mallId, reference, signature } = command;
  const input = { memberId, code, mallId, reference, signature, occurredAt: command.occurredAt };
  const occurredAt = command.occurredAt ?? tx.now;
  return idempotent<Interaction, InteractionRefusal>(
    tx,
    { key, operation: 'recordInteraction', actor, input },
    async () => {
      const rules = await findRules(tx);
      const rule = inForce(rules.interactions, occurredAt).find(({ code }) => code === command.code);
      const member = (await findMembers(tx, [command.memberId])).get(command.memberId);
      const where = await findOrgNode(tx, command.mallId ?? member?.homeMallId ?? tx.groupId ?? '');
      const mall = where?.kind === 'MALL' || command.mallId === null ? where : null;
      if (!rule || !member || !mall) return err({ code: 'NOT_FOUND' });
      const fault = faultOf(tx, command, occurredAt, rule.terms);
      if (fault) return err(fault);
      const programme = programmeAt(rules, occurredAt);
      if (!programme) return err({ code: 'INVALID_INPUT', path: ['occurredAt'], reason: 'NO_PROGRAMME' });

      const ledger = (await openLedgers(tx, [command.memberId], { lock: true })).get(command.memberId);
      if (!ledger) throw new Error('an opened ledger is there');
      const day = businessDate(occurredAt, mall.timeZone, programme.terms.dayCutHour * 60);
      const reward = interact(rule.terms, await findPast(tx, command.memberId, rule.code, day), day);
      if (!reward.ok) return reward;
      const made = toInteraction(tx, { ...command, occurredAt }, rule, mall, day, reward.value);
      if (made.reference !== null) {
        const { code, reference, memberId, id: interactionId } = made;
        if (!(await claimReference(tx, { code, reference, memberId, interactionId }))) {
          return err({ code: 'ALREADY_USED' });
        }
      }
      credit(ledger, {
        source: { kind: 'INTERACTION', id: made.id },
        mallId: made.mallId,
        currency: mall.currency,
        funderId: null,
        points: made.points,
        growth: made.growth,
        life: lifeOf(programme.terms, { earnedAt: occurredAt, zone: mall.timeZone, postedAt: tx.now }),
        occurredAt,
        explanation: explain(rule, reward.value),
      });
      await insertInteraction(tx, made);
      await saveLedgers(tx, [ledger]);
      await publishLedgers(tx, [ledger]);
      return ok(made);
    },
  );
}

const toInteraction = (
  tx: Tx,
  { memberId, reference, occurredAt }: InteractionCommand & { occurredAt: Date },
  rule: RuleVersion<InteractionTerms>,
  mall: OrgNode,
  businessDay: string,
  { points, growth, streak }: Reward,
): Interaction => ({
  id: uuidv7(tx.now),
  memberId,
  mallId: mall.kind === 'MALL' ? mall.id : null,
  code: rule.code,
  ruleVersionId: rule.id,
  reference: rule.terms.proof === 'NONE' ? null : reference,
  businessDate: businessDay,
  points,
  growth,
  streak,
  occurredAt,
  postedAt: tx.now,
});

function faultOf(
  tx: Tx,
  command: InteractionCommand,
  occurredAt: Date,
  terms: InteractionTerms,
): InteractionRefusal | null {
  const { reference, signature, code, memberId } = command;
  const invalid = (path: string, reason: InteractionFault): InteractionRefusal => ({
    code: 'INVALID_INPUT',
    path: [path],
    reason,
  });
  if (occurredAt.getTime() > tx.now.getTime() + AHEAD_MAX_MS) return invalid('occurredAt', 'IN_THE_FUTURE');
  if (tx.now.getTime() - occurredAt.getTime() > AGE_MAX_MS) return invalid('occurredAt', 'TOO_OLD');
  if (terms.proof === 'NONE') return null;
  // A reference is no proof in the mouth of the one whom it profits.
  if (terms.proof === 'REFERENCE' && command.bySelf) return { code: 'NOT_ELIGIBLE' };
  if (reference === null || reference.length === 0 || reference.length > REFERENCE_MAX) {
    return invalid('reference', 'REFERENCE');
  }
  const groupId = tx.groupId ?? '';
  if (terms.proof === 'SIGNED' && !isSigned(proofText({ groupId, code, memberId, reference }), signature, terms)) {
    return invalid('signature', 'SIGNATURE');
  }
  return null;
}

function isSigned(text: string, signature: string | null, { proofKey }: InteractionTerms): boolean {
  if (signature === null || proofKey === null) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: proofKey }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

function explain(rule: RuleVersion<InteractionTerms>, { streak, streakPoints }: Reward): Step[] {
  const { id: ruleVersionId, code: interaction, terms } = rule;
  const steps: Step[] = [{ code: 'INTERACTION', value: terms.points.toString(), ruleVersionId, args: { interaction } }];
  if (streakPoints > 0n) {
    steps.push({ code: 'STREAK', value: streakPoints.toString(), ruleVersionId, args: { days: streak.toString() } });
  }
  return steps;
}
