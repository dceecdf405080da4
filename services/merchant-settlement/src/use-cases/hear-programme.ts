// The versions of the points programme, as points tells.
import type { PointsRulesPublished } from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import type { Delivered, Tx } from '@atrium/platform';
import { readSplitTender } from '../domain/programme';
import { saveProgrammes } from '../storage/programme.repository';

export const hearProgramme = (tx: Tx, events: readonly Delivered<PointsRulesPublished>[]): Promise<void> =>
  saveProgrammes(
    tx,
    events
      .filter(({ message }) => message.kind === 'PROGRAMME')
      .map(({ message, occurredAt }) => ({
        id: message.ruleVersionId,
        version: message.version,
        effectiveFrom: parseInstant(message.effectiveFrom) ?? occurredAt,
        effectiveTo: parseInstant(message.effectiveTo),
        publishedAt: parseInstant(message.publishedAt) ?? occurredAt,
        splitTender: readSplitTender(message.splitTender),
      })),
  );
