import type { Tx } from '@atrium/platform';
import type { Channel, TemplateCode, TemplateText } from '../domain/template';

export interface TemplateRow {
  id: string;
  code: TemplateCode;
  version: bigint;
  effectiveFrom: Date;
  channels: Channel[];
  texts: TemplateText[];
  variables: string[];
}

const COLUMNS = `id, code, version, effective_from as "effectiveFrom", channels, texts, variables`;

/** Gives the next version of a code; two publishers of one code wait for each other. */
export async function nextVersion(tx: Tx, code: string): Promise<bigint> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 7262003))`, [`${tx.groupId}|${code}`]);
  const [row] = await tx.query<{ version: bigint }>(
    `select coalesce(max(version), 0) + 1 as version from message_template where group_id = $1 and code = $2`,
    [tx.groupId, code],
  );
  return row?.version ?? 1n;
}

export async function insertTemplate(tx: Tx, template: TemplateRow, by: string): Promise<void> {
  await tx.query(
    `insert into message_template (group_id, id, code, version, effective_from, channels, texts, variables, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tx.groupId,
      template.id,
      template.code,
      template.version,
      template.effectiveFrom,
      template.channels,
      JSON.stringify(template.texts),
      template.variables,
      tx.now,
      by,
    ],
  );
}

/** The version of each code that is in force now. */
export async function findEffectiveTemplates(
  tx: Tx,
  codes: readonly TemplateCode[],
): Promise<Map<TemplateCode, TemplateRow>> {
  const rows = await tx.prepared<TemplateRow>(
    'template.effective',
    `select distinct on (code) ${COLUMNS} from message_template
     where group_id = $1 and code = any($2) and effective_from <= $3 order by code, effective_from desc, version desc`,
    [tx.groupId, [...new Set(codes)], tx.now],
  );
  return new Map(rows.map((row) => [row.code, row]));
}

export function listTemplates(tx: Tx): Promise<TemplateRow[]> {
  return tx.query(`select ${COLUMNS} from message_template where group_id = $1 order by code, version desc limit 500`, [
    tx.groupId,
  ]);
}

export async function findTemplate(tx: Tx, id: string): Promise<TemplateRow | null> {
  const rows = await tx.query<TemplateRow>(`select ${COLUMNS} from message_template where group_id = $1 and id = $2`, [
    tx.groupId,
    id,
  ]);
  return rows[0] ?? null;
}
