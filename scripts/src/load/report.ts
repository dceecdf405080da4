import type { Kept } from './acknowledged';
import { clock } from './charts';
import type { Drained } from './drain';
import type { Report } from './page';
import type { Breaking } from './series';
import type { Books } from './target';

type Metric = {
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
};
/** What k6's handleSummary gets, as far as it is read here. */
export type Summary = { metrics: Record<string, Metric>; state: { testRunDurationMs: number } };

export type OperationRow = {
  operation: string;
  answers: number;
  'p50 ms': number;
  'p95 ms': number;
  'limit ms': number | null;
  'p99 ms': number;
  'max ms': number;
  'failed %': number;
  ok: boolean;
};

const OPERATION = /^http_req_duration\{operation:(\w+)\}$/;
const round = (value = 0) => Math.round(value * 10) / 10;
const held = ({ thresholds = {} }: Metric) => Object.values(thresholds).every(({ ok }) => ok);

/** One row an operation that was asked for at all. */
export function operationRows(summary: Summary): OperationRow[] {
  const { metrics } = summary;
  const limits = limitsOf(summary);
  const rows = Object.entries(metrics).flatMap(([name, metric]) => {
    const operation = OPERATION.exec(name)?.[1];
    const answers = metric.values['count'] ?? 0;
    if (operation === undefined || answers === 0) return [];
    const failed = metrics[`failed{operation:${operation}}`];
    return [
      {
        operation,
        answers,
        'p50 ms': round(metric.values['p(50)']),
        'p95 ms': round(metric.values['p(95)']),
        'limit ms': limits.get(operation) ?? null,
        'p99 ms': round(metric.values['p(99)']),
        'max ms': round(metric.values['max']),
        'failed %': round((failed?.values['rate'] ?? 0) * 100),
        ok: held(metric) && (failed === undefined || held(failed)),
      },
    ];
  });
  return rows.sort((a, b) => a.operation.localeCompare(b.operation));
}

/** What must hold whatever the operation, and whether it did. */
export function totals({ metrics, state }: Summary): Record<string, number> {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0;
  const seconds = state.testRunDurationMs / 1000;
  return {
    requests: count('http_reqs'),
    requests_per_s: round(count('http_reqs') / seconds),
    failed_percent: Math.round((metrics['failed']?.values['rate'] ?? 0) * 10_000) / 100,
    refused: count('refused'),
    double_credit: count('double_credit'),
    dropped_iterations: count('dropped_iterations'),
    seconds: Math.round(seconds),
  };
}

/** The limits of 95 of 100 answers, by operation. */
export function limitsOf({ metrics }: Summary): Map<string, number> {
  return new Map(
    Object.entries(metrics).flatMap(([name, { thresholds = {} }]) => {
      const operation = OPERATION.exec(name)?.[1];
      const limit = /p\(95\)<([\d.]+)/.exec(Object.keys(thresholds).join(' '))?.[1];
      return operation === undefined || limit === undefined ? [] : [[operation, Number(limit)] as const];
    }),
  );
}

export function crossedLimits({ metrics }: Summary): string[] {
  return Object.entries(metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds).flatMap(([rule, { ok }]) => (ok ? [] : [`${name}: ${rule}`])),
  );
}

type Ended = {
  summary: Summary;
  consumers: Drained[] | undefined;
  books: Books | undefined;
  /** What could not be looked at, and why. */
  unseen: readonly string[];
  oversold: number;
  stock: number;
  /** It is to find where answers are late or wrong: that they were is no fault. */
  breaks: boolean;
};

/** Everything that did not hold, a line each. */
export function brokenRules({ summary, consumers = [], books, unseen, oversold, stock, breaks }: Ended): string[] {
  const crossed = crossedLimits(summary).filter((rule) => !breaks || rule.startsWith('double_credit'));
  const late = consumers.filter(({ seconds }) => seconds === null);
  const lost = (books?.kept ?? []).filter((row) => row.lost + row.doubled > 0);
  const rules = (books?.ledger.rules ?? []).filter(({ violations }) => violations > 0);
  return [
    ...((summary.metrics['http_reqs']?.values['count'] ?? 0) > 0 ? [] : ['nobody came: not one request was made']),
    ...crossed,
    ...(oversold > 0 ? [`oversold: ${oversold} more than the ${stock} that there were`] : []),
    ...late.map(({ consumer }) => `${consumer} has not caught up`),
    ...lost.map((row) => `${row.write}: ${row.lost} lost, ${row.doubled} doubled: ${row.examples.join(', ')}`),
    ...unseen,
    ...rules.map(({ invariant, rule, violations }) => `${invariant}, ${rule}: ${violations}`),
  ];
}

const late = (consumers: readonly Drained[]) => consumers.filter((row) => row.behind > 0 || row.seconds !== 0);
const written = (kept: readonly Kept[]) => kept.map(({ examples: _, ...row }) => row);

const brokeAt = (breaking: Breaking | null) =>
  breaking === null
    ? 'Nothing broke up to the end: a higher --rate goes further.'
    : `It went well up to ${breaking.arrivals.toFixed(1)} stories, ${breaking.requests.toFixed(0)} requests a second, until ${clock(breaking.at)}: ${breaking.why}.`;

export function print({ operations, memory, consumers, books, breaking }: Report): void {
  console.table(operations);
  if (breaking !== undefined) console.log(brokeAt(breaking));
  if (memory.length > 0) console.table(memory);
  if (consumers !== undefined) {
    const behind = late(consumers);
    if (behind.length > 0) console.table(behind);
    console.log(`${consumers.length - behind.length} of ${consumers.length} had nothing left when the load ended.`);
  }
  if (books === undefined) return;
  console.table(written(books.kept));
  console.table(books.ledger.rules);
  if (books.ledger.details.length > 0) console.error(books.ledger.details.join('\n'));
}

/** The same as on the screen, for whoever reads it later. */
export function markdown({
  run,
  operations,
  totals: sums,
  memory,
  consumers,
  books,
  breaking,
  broken,
}: Report): string {
  const table = (cells: readonly Record<string, unknown>[]) => {
    const [first] = cells;
    if (first === undefined) return 'None.\n';
    const line = (values: readonly unknown[]) => `| ${values.map((value) => String(value ?? '')).join(' | ')} |`;
    const heads = Object.keys(first);
    return `${[line(heads), line(heads.map(() => '---')), ...cells.map((cell) => line(heads.map((head) => cell[head])))].join('\n')}\n`;
  };
  const behind = consumers && late(consumers).map((row) => ({ ...row, seconds: row.seconds ?? 'not yet' }));
  const wrong = books?.ledger.rules.filter(({ violations }) => violations > 0).length;
  return [
    `# ${run}\n`,
    table(operations),
    table([sums]),
    ...(breaking === undefined ? [] : [`${brokeAt(breaking)}\n`]),
    `## Consumers that had something left when the load ended\n`,
    behind === undefined ? 'Not looked at.\n' : table(behind),
    `## The books\n`,
    ...(books === undefined
      ? ['Not looked at.\n']
      : [`${books.ledger.rules.length} rules, ${wrong} broken.\n`, table(written(books.kept))]),
    `## Memory\n`,
    table(memory),
    `## Limits that did not hold\n`,
    broken.length === 0 ? 'None.\n' : `${broken.map((rule) => `- ${rule}`).join('\n')}\n`,
  ].join('\n');
}
