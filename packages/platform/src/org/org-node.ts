import {
  OrgNodeKind,
  OrgNodeRecordedSchema,
  durableName,
  type OrgNodeRecorded,
  type ServiceName,
} from '@atrium/contracts';
import type { Tx } from '../database/database';
import { consumer } from '../events/consumer';

/** A node of group > mall > merchant > store, as this service has heard of it. */
export interface OrgNode {
  id: string;
  kind: 'GROUP' | 'MALL' | 'MERCHANT' | 'STORE';
  /** Ids from the group down to the node itself. */
  path: string[];
  code: string;
  name: string;
  timeZone: string;
  currency: string;
  dayCutMinutes: number;
  version: bigint;
}

/** The mall a node stands in, if it stands in one. */
export const mallIdOf = (node: OrgNode): string | null => node.path[1] ?? null;
export const merchantIdOf = (node: OrgNode): string | null => node.path[2] ?? null;

const COLUMNS = `id, kind, path, code, name, time_zone as "timeZone", currency, day_cut_minutes as "dayCutMinutes", version`;

/** What a transaction has looked up before. */
const seen = new WeakMap<Tx, Map<string, OrgNode>>();

export async function findOrgNodes(tx: Tx, ids: readonly string[]): Promise<Map<string, OrgNode>> {
  const wanted = [...new Set(ids)];
  const known = seen.get(tx) ?? new Map<string, OrgNode>();
  const missing = wanted.filter((id) => !known.has(id));
  if (missing.length > 0) {
    const rows = await tx.lookUp<OrgNode>(
      'platform.org.find',
      `select ${COLUMNS} from org_node where group_id = $1 and id = any($2)`,
      [tx.groupId, missing],
    );
    for (const row of rows) known.set(row.id, row);
    seen.set(tx, known);
  }
  return new Map(wanted.flatMap((id) => known.get(id) ?? []).map((node) => [node.id, node]));
}

export async function findOrgNode(tx: Tx, id: string): Promise<OrgNode | null> {
  return (await findOrgNodes(tx, [id])).get(id) ?? null;
}

/** Stores nodes; an older version never overwrites a newer one. */
export async function saveOrgNodes(tx: Tx, nodes: readonly OrgNode[]): Promise<void> {
  seen.delete(tx);
  for (const n of nodes) {
    await tx.prepared(
      'platform.org.save',
      `insert into org_node (group_id, id, kind, path, code, name, time_zone, currency, day_cut_minutes, version)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (group_id, id) do update set path = excluded.path, code = excluded.code, name = excluded.name,
         time_zone = excluded.time_zone, currency = excluded.currency, day_cut_minutes = excluded.day_cut_minutes,
         version = excluded.version
       where org_node.version < excluded.version`,
      [tx.groupId, n.id, n.kind, n.path, n.code, n.name, n.timeZone, n.currency, n.dayCutMinutes, n.version],
    );
  }
}

const KINDS: Record<OrgNodeKind, OrgNode['kind'] | null> = {
  [OrgNodeKind.UNSPECIFIED]: null,
  [OrgNodeKind.GROUP]: 'GROUP',
  [OrgNodeKind.MALL]: 'MALL',
  [OrgNodeKind.MERCHANT]: 'MERCHANT',
  [OrgNodeKind.STORE]: 'STORE',
};

function fromEvent(message: OrgNodeRecorded): OrgNode {
  const kind = KINDS[message.kind];
  if (!kind) throw new Error('a node without a kind');
  return {
    id: message.nodeId,
    kind,
    path: [...message.path],
    code: message.code,
    name: message.name,
    timeZone: message.timeZone,
    currency: message.currency,
    dayCutMinutes: message.dayCutMinutes,
    version: message.version,
  };
}

/** Keeps a service's own copy of the organisation. */
export const orgNodeConsumer = (service: ServiceName) =>
  consumer({
    name: durableName(service, OrgNodeRecordedSchema),
    event: OrgNodeRecordedSchema,
    handle: (tx, events) =>
      saveOrgNodes(
        tx,
        events.map(({ message }) => fromEvent(message)),
      ),
  });
