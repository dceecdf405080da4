import type { Drained } from './drain';

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
  'p99 ms': number;
  'max ms': number;
  'failed %': number;
  ok: boolean;
};

const OPERATION = /^http_req_duration\{operation:(\w+)\}$/;
const round = (value = 0) => Math.round(value * 10) / 10;
const held = ({ thresholds = {} }: Metric) => Object.values(thresholds).every(({ ok }) => ok);

/** One row an operation that was asked for at all. */
export function operationRows({ metrics }: Summary): OperationRow[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
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
        'p99 ms': round(metric.values['p(99)']),
        'max ms': round(metric.values['max']),
        'failed %': round((failed?.values['rate'] ?? 0) * 100),
        ok: held(metric) && (failed === undefined || held(failed)),
      },
    ];
  });
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

export function brokenThresholds({ metrics }: Summary): string[] {
  return Object.entries(metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds).flatMap(([rule, { ok }]) => (ok ? [] : [`${name}: ${rule}`])),
  );
}

/** The same as on the screen, for whoever reads it later. */
export function markdown(
  title: string,
  rows: readonly OperationRow[],
  sums: Record<string, number>,
  drained: readonly Drained[] | undefined,
  broken: readonly string[],
): string {
  const table = (cells: readonly Record<string, unknown>[]) => {
    const [first] = cells;
    if (first === undefined) return 'None.\n';
    const line = (values: readonly unknown[]) => `| ${values.map((value) => String(value ?? '')).join(' | ')} |`;
    const heads = Object.keys(first);
    return `${[line(heads), line(heads.map(() => '---')), ...cells.map((cell) => line(heads.map((head) => cell[head])))].join('\n')}\n`;
  };
  return [
    `# ${title}\n`,
    table(rows),
    table([sums]),
    `## Consumers that had something left when the load ended\n`,
    drained === undefined
      ? 'Not looked at.\n'
      : table(drained.map((row) => ({ ...row, seconds: row.seconds ?? 'not yet' }))),
    `## Limits that did not hold\n`,
    broken.length === 0 ? 'None.\n' : `${broken.map((rule) => `- ${rule}`).join('\n')}\n`,
  ].join('\n');
}
