import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import type { FundingShare, Scope, TemplateTerms, TemplateType, TemplateVersion } from '../domain/template';
import type { Validity } from '../domain/validity';

export interface TemplateHead {
  id: string;
  code: string;
  mallId: string | null;
  paused: boolean;
  version: bigint;
}

interface VersionRow {
  id: string;
  code: string;
  mallId: string | null;
  version: bigint;
  type: TemplateType;
  names: Record<string, string>;
  descriptions: Record<string, string>;
  currency: string;
  faceMinor: bigint | null;
  percentOffBps: number | null;
  maxOffMinor: bigint | null;
  thresholdMinor: bigint;
  scope: Scope;
  validity: string;
  timeZone: string;
  effectiveFrom: Date;
  effectiveTo: Date | null;
  stock: bigint | null;
  claimLimit: number;
  funding: FundingShare[];
  grantOnTier: string[];
  claimable: boolean;
  tiers: string[];
  stackCategory: string;
}

const VERSION = `t.id, t.code, t.mall_id as "mallId", v.version, v.type, v.names, v.descriptions, v.currency,
  v.face_minor as "faceMinor", v.percent_off_bps as "percentOffBps", v.max_off_minor as "maxOffMinor",
  v.threshold_minor as "thresholdMinor", v.scope, v.validity::text, v.time_zone as "timeZone",
  v.effective_from as "effectiveFrom", v.effective_to as "effectiveTo", v.stock, v.claim_limit as "claimLimit", v.funding,
  v.grant_on_tier as "grantOnTier", v.claimable, v.tiers, v.stack_category as "stackCategory"`;
const FROM = `coupon_template t join coupon_template_version v on v.group_id = t.group_id and v.template_id = t.id`;

const fromRow = (row: VersionRow): TemplateVersion => ({ ...row, validity: decodeJson(row.validity) as Validity });

export async function lockTemplate(tx: Tx, id: string): Promise<TemplateHead | null> {
  const [row] = await tx.query<TemplateHead>(
    `select id, code, mall_id as "mallId", paused, version from coupon_template where group_id = $1 and id = $2 for update`,
    [tx.groupId, id],
  );
  return row ?? null;
}

/** Creates the template when it is new; then `lockTemplate` finds it. */
export async function addTemplate(tx: Tx, head: { id: string; code: string; mallId: string | null }): Promise<void> {
  await tx.query(
    `insert into coupon_template (group_id, id, mall_id, code, version) values ($1, $2, $3, $4, 0) on conflict do nothing`,
    [tx.groupId, head.id, head.mallId, head.code],
  );
}

export async function addVersion(
  tx: Tx,
  id: string,
  version: bigint,
  terms: TemplateTerms,
  by: { timeZone: string; actor: string },
): Promise<void> {
  await tx.query(`update coupon_template set version = $3 where group_id = $1 and id = $2`, [tx.groupId, id, version]);
  await tx.query(
    `insert into coupon_template_version (group_id, template_id, version, type, names, descriptions, currency, face_minor,
       percent_off_bps, max_off_minor, threshold_minor, scope, validity, time_zone, effective_from, effective_to, stock,
       claim_limit, funding, grant_on_tier, claimable, tiers, stack_category, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
    [
      tx.groupId,
      id,
      version,
      terms.type,
      JSON.stringify(terms.names),
      JSON.stringify(terms.descriptions),
      terms.currency,
      terms.faceMinor,
      terms.percentOffBps,
      terms.maxOffMinor,
      terms.thresholdMinor,
      JSON.stringify(terms.scope),
      encodeJson(terms.validity),
      by.timeZone,
      terms.effectiveFrom,
      terms.effectiveTo,
      terms.stock,
      terms.claimLimit,
      JSON.stringify(terms.funding),
      terms.grantOnTier,
      terms.claimable,
      terms.tiers,
      terms.stackCategory,
      tx.now,
      by.actor,
    ],
  );
}

export async function setPaused(tx: Tx, id: string, paused: boolean): Promise<void> {
  await tx.query(`update coupon_template set paused = $3 where group_id = $1 and id = $2`, [tx.groupId, id, paused]);
}

/** All versions of one template, for `versionAt`. */
export async function findVersions(tx: Tx, id: string): Promise<(TemplateVersion & { paused: boolean })[]> {
  const rows = await tx.prepared<VersionRow & { paused: boolean }>(
    'coupon.template.versions',
    `select ${VERSION}, t.paused from ${FROM} where t.group_id = $1 and t.id = $2`,
    [tx.groupId, id],
  );
  return rows.map((row) => ({ ...fromRow(row), paused: row.paused }));
}

/** All versions of the templates that are given on reaching one of these tiers. */
export async function findGrantingVersions(tx: Tx, tiers: readonly string[]): Promise<TemplateVersion[]> {
  const rows = await tx.query<VersionRow>(
    `select ${VERSION} from ${FROM} where t.group_id = $1 and not t.paused and exists (
       select from coupon_template_version g where g.group_id = t.group_id and g.template_id = t.id and g.grant_on_tier && $2::text[])`,
    [tx.groupId, tiers],
  );
  return rows.map(fromRow);
}

export interface VersionKey {
  templateId: string;
  version: bigint;
}

export async function findExactVersions(tx: Tx, keys: readonly VersionKey[]): Promise<TemplateVersion[]> {
  const rows = await tx.prepared<VersionRow>(
    'coupon.template.exact',
    `select ${VERSION} from ${FROM} join unnest($2::uuid[], $3::bigint[]) as k(id, version) on k.id = t.id and k.version = v.version
     where t.group_id = $1`,
    [tx.groupId, keys.map(({ templateId }) => templateId), keys.map(({ version }) => version)],
  );
  return rows.map(fromRow);
}

/** What may be claimed now, newest first, at one mall or anywhere: the version that holds of each template. */
export async function findOffered(
  tx: Tx,
  mallId: string | null,
  page: { limit: number; after: { at: Date; id: string } | null },
): Promise<TemplateVersion[]> {
  const rows = await tx.query<VersionRow>(
    `select ${VERSION} from coupon_template t
     join lateral (select * from coupon_template_version n where n.group_id = t.group_id and n.template_id = t.id
       and n.effective_from <= $2 order by n.version desc limit 1) v on true
     where t.group_id = $1 and not t.paused and v.claimable and (v.effective_to is null or v.effective_to > $2)
       and ($3::uuid is null or jsonb_array_length(v.scope -> 'mallIds') = 0 or v.scope -> 'mallIds' ? $3::text)
       and ($4::timestamptz is null or (v.effective_from, t.id) < ($4, $5::uuid))
     order by v.effective_from desc, t.id desc limit $6`,
    [tx.groupId, tx.now, mallId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(fromRow);
}
