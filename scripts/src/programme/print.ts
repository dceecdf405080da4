// A plan as a text that somebody can agree to.
import type { Places } from './places';
import type { Change, Difference, Plan, RuleVersion } from './plan';
import type { FileError } from './read';

const KINDS: Readonly<Record<string, string>> = {
  PROGRAMME: 'programme',
  EARN: 'earn rule',
  CAMPAIGN: 'campaign',
  INTERACTION: 'interaction',
};
export const nameOf = ({ kind, code }: RuleVersion): string =>
  kind === 'PROGRAMME' ? 'programme' : `${KINDS[kind] ?? kind} ${code}`;

const day = (instant: string): string => instant.replace(/:00\.000Z$/, 'Z').replace('T00:00Z', '');

export const errorText = (file: string, { line, column, path, text }: FileError): string =>
  `${file}:${line}:${column} ${path}${path === '' ? '' : ' '}${text}`;

export function planText(plan: Plan, places: Places, now: string): string {
  const lines = plan.changes.flatMap((change) => changeLines(change, places, now));
  const over = plan.over.map((rule) => `    ${nameOf(rule)} ended on ${day(rule.effectiveTo ?? '')}: nothing to do`);
  const counts = ['added', 'changed', 'retired'].map(
    (word) => `${plan.changes.filter((c) => wordOf(c) === word).length} ${word}`,
  );
  return [...lines, ...over, `${counts.join(', ')}, ${plan.unchanged} unchanged`].join('\n');
}

const wordOf = (change: Change): string =>
  change.act === 'RETIRE' ? 'retired' : change.before === null ? 'added' : 'changed';

function changeLines(change: Change, places: Places, now: string): string[] {
  if (change.act === 'RETIRE') {
    const begun = change.rule.effectiveFrom <= now;
    return [`  - ${nameOf(change.rule)}: ${begun ? 'ends now' : 'will not begin'}`];
  }
  const { rule, before, differences } = change;
  const late = rule.effectiveFrom < now ? ' (sales of that time that still arrive are rated by it)' : '';
  return [
    `  ${before ? '~' : '+'} ${nameOf(rule)} from ${day(rule.effectiveFrom)}${late}`,
    ...(before && differences.length === 0 ? ['      again, above the version before it'] : []),
    ...table(differences.map((difference) => row(difference, before !== null, places))),
  ];
}

function row({ field, from, to }: Difference, changed: boolean, places: Places): string[] {
  const value = (of: unknown) => (of === null ? '-' : String(of).split(', ').map(places.codeOf).join(', '));
  return changed ? [field, value(from), '->', value(to)] : [field, value(to)];
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  return rows.map((cells) => `      ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

export interface Effect {
  members: number;
  sales: number;
  changed: number;
  membersChanged: number;
  from: string | null;
  to: string | null;
  points: { before: string; after: string };
  growth: { before: string; after: string };
  merchants: { merchantId: string; sales: number; points: { before: string; after: string } }[];
}

export function effectText(plan: Plan, effect: Effect, places: Places): string {
  const rules = plan.changes.map(({ rule }) => rule);
  const more = ({ before, after }: { before: string; after: string }) => {
    const difference = BigInt(after) - BigInt(before);
    return `${before} -> ${after} (${difference > 0n ? '+' : ''}${difference})`;
  };
  return [
    'Whom it affects',
    ...table([
      ['members', `${effect.members} in the programme`],
      ['merchants', merchantsOf(rules, places)],
      ['categories', categoriesOf(rules)],
    ]),
    effect.sales === 0
      ? 'There are no sales yet that could be rated again.'
      : `The latest ${effect.sales} sales, ${day(effect.from ?? '')} to ${day(effect.to ?? '')}, as if this had held: ${effect.changed} would change, of ${effect.membersChanged} members`,
    ...(effect.sales === 0
      ? []
      : table([
          ['points', more(effect.points)],
          ['growth', more(effect.growth)],
        ])),
    ...table(
      effect.merchants.map(({ merchantId, sales, points }) => [
        places.codeOf(merchantId),
        `${sales} sales`,
        more(points),
      ]),
    ),
  ].join('\n');
}

/** What rules name in themselves; a rule that names nothing is for all. */
function merchantsOf(rules: readonly RuleVersion[], places: Places): string {
  const ids = rules.map(
    ({ earn, campaign }) => placeOf(earn) ?? placeOf((campaign as { conditions?: object } | null)?.conditions),
  );
  if (rules.length === 0) return 'none';
  return ids.every((id) => id !== null)
    ? [...new Set(ids)].map((id) => places.codeOf(id ?? '')).join(', ')
    : `all ${places.merchants}`;
}

function placeOf(conditions: object | null | undefined): string | null {
  const { storeId, merchantId } = (conditions ?? {}) as { storeId?: string | null; merchantId?: string | null };
  return storeId ?? merchantId ?? null;
}

function categoriesOf(rules: readonly RuleVersion[]): string {
  const named = rules.map(({ earn, campaign }) => {
    const conditions = earn ?? (campaign as { conditions?: object } | null)?.conditions;
    return (conditions as { category?: string | null } | undefined)?.category ?? null;
  });
  if (rules.length === 0) return 'none';
  return named.every((category) => category !== null) ? [...new Set(named)].join(', ') : 'all';
}
