// A new version of what is written about a fact. Versions are never changed; the newest one in force is used.
import { ok, type Result, uuidv7 } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { checkTemplate, type InvalidInput } from '../domain/template';
import { publishTemplatePublished } from '../events/messaging-events';
import { insertTemplate, nextVersion } from '../storage/template.repository';

export interface PublishTemplate {
  actor: string;
  idempotencyKey: string;
  code: string;
  effectiveFrom: Date;
  channels: readonly string[];
  texts: readonly { locale: string; title: string; body: string }[];
}

export function publishMessageTemplate(
  tx: Tx,
  command: PublishTemplate,
): Promise<Result<{ templateId: string }, InvalidInput | IdempotencyRefusal>> {
  const { actor, idempotencyKey, ...input } = command;
  return idempotent<{ templateId: string }, InvalidInput | IdempotencyRefusal>(
    tx,
    { key: idempotencyKey, operation: 'publishMessageTemplate', actor, input },
    async () => {
      const checked = checkTemplate(command);
      if (!checked.ok) return checked;
      const id = uuidv7(tx.now);
      const version = await nextVersion(tx, checked.value.code);
      const template = { id, version, effectiveFrom: command.effectiveFrom, ...checked.value };
      await insertTemplate(tx, template, actor);
      await publishTemplatePublished(tx, template);
      return ok({ templateId: id });
    },
  );
}
