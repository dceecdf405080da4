// Everything that one entry follows from: the sale's lines, the rule versions, the lots, and the arithmetic in one line.
import type { Tx } from '@atrium/platform';
import { equationOf } from '../domain/equation';
import { findEntriesToHash } from '../storage/block.repository';
import { findLotFacts, type LotFacts } from '../storage/explained.repository';
import type { EntryKey } from './proofs.query';
import { findSales } from '../../earning/storage/sale.repository';
import type { Step } from '../../ledger/domain/explanation';
import type { RuleView } from '../../programme/use-cases/rules.query';
import { findAllRules } from '../../programme/storage/rule.repository';

export interface ExplainedView {
  readonly amount: bigint;
  readonly debtDelta: bigint;
  readonly availableAfter: bigint;
  readonly steps: readonly Step[];
  readonly equation: string;
  readonly rules: readonly RuleView[];
  readonly lots: readonly (LotFacts & { readonly amount: bigint })[];
  readonly currency: string | null;
  readonly lines: readonly { readonly lineNo: number; readonly eligibleMinor: bigint; readonly points: bigint }[];
}

export async function explained(tx: Tx, { memberId, entryId }: EntryKey): Promise<ExplainedView> {
  const [entry] = await findEntriesToHash(tx, [{ memberId, entryId }]);
  if (!entry) throw new Error('an entry that was read is there');
  const steps = entry.explanation as Step[];
  const { kind, amount, debtDelta, availableAfter, parts, purchaseId } = entry;
  const facts = await findLotFacts(
    tx,
    memberId,
    parts.map(({ lotId }) => lotId),
  );
  const named = new Set(steps.map(({ ruleVersionId }) => ruleVersionId));
  const sale = purchaseId === null ? null : ((await findSales(tx, [memberId], [purchaseId])).get(purchaseId) ?? null);
  return {
    amount,
    debtDelta,
    availableAfter,
    steps,
    equation: equationOf({ kind, amount, debtDelta, steps, parts: parts.map((part) => part.amount) }),
    rules: named.size === 0 ? [] : (await findAllRules(tx)).filter(({ id }) => named.has(id)),
    lots: parts.flatMap((part) => {
      const lot = facts.get(part.lotId);
      return lot ? [{ ...lot, amount: part.amount }] : [];
    }),
    currency: sale?.currency ?? null,
    lines: sale?.lines.map(({ lineNo, eligibleMinor, points }) => ({ lineNo, eligibleMinor, points })) ?? [],
  };
}
