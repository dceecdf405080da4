// What settlement has to know of the points programme, which belongs to another context.
import type { SplitTender } from '@atrium/kernel';

export interface ProgrammeVersion {
  id: string;
  version: bigint;
  effectiveFrom: Date;
  effectiveTo: Date | null;
  /** What was recorded before does not follow it, even where it is effective from earlier. */
  publishedAt: Date;
  splitTender: SplitTender;
}

/**
 * Over which tenders the refunds of a sale go: by the newest version that holds at the sale's instant and was known when the
 * sale was recorded, the one that points rates it by. So all refunds of a sale go the same way, whenever they come.
 */
export function splitTenderFor(
  versions: readonly ProgrammeVersion[],
  { occurredAt, receivedAt }: { occurredAt: Date; receivedAt: Date },
): SplitTender {
  let best: ProgrammeVersion | null = null;
  for (const version of versions) {
    if (version.publishedAt > receivedAt || version.effectiveFrom > occurredAt) continue;
    if (version.effectiveTo && version.effectiveTo <= occurredAt) continue;
    if (!best || version.version > best.version) best = version;
  }
  return best?.splitTender ?? 'PRO_RATA';
}

const MODES: readonly string[] = ['PRO_RATA', 'CASH_FIRST', 'POINTS_FIRST'] satisfies SplitTender[];

/** Versions of long ago do not say it. */
export const readSplitTender = (text: string): SplitTender =>
  MODES.includes(text) ? (text as SplitTender) : 'PRO_RATA';
