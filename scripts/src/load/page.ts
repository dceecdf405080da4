// One page of a run, to be read without anything else: what held, what came when, how long everything took.
import { clock, escape, type LineOf, SCRIPT, STYLE, svg } from './charts';
import type { Kept } from './acknowledged';
import type { Drained } from './drain';
import type { OperationRow } from './report';
import type { Breaking, Moment } from './series';
import type { Books } from './target';
import type { Grown, Look } from './watch';

export type Report = {
  profile: string;
  run: string;
  started: Date;
  url: string;
  rate: number;
  only: string;
  totals: Record<string, number>;
  operations: OperationRow[];
  moments: Moment[];
  looks: Look[];
  memory: Grown[];
  consumers: Drained[] | undefined;
  books: Books | undefined;
  breaking: Breaking | null | undefined;
  broken: string[];
};

type Cell = string | number | boolean | null;

function table(rows: readonly Record<string, Cell>[]): string {
  const [first] = rows;
  if (first === undefined) return '<p>None.</p>';
  const heads = Object.keys(first);
  const cell = (value: Cell | undefined) =>
    value === false
      ? '<td class="no">no</td>'
      : `<td${typeof value === 'string' ? ' class="text"' : ''}>${escape(value === true ? 'yes' : String(value ?? ''))}</td>`;
  return `<div class="wide"><table><thead><tr>${heads.map((head) => `<th>${escape(head)}</th>`).join('')}</tr></thead><tbody>
${rows.map((row) => `<tr>${heads.map((head) => cell(row[head])).join('')}</tr>`).join('\n')}</tbody></table></div>`;
}

const CARDS: Record<string, string> = {
  requests: 'requests',
  requests_per_s: 'a second',
  failed_percent: '% failed',
  refused: 'refused',
  dropped_iterations: 'dropped',
  double_credit: 'credited twice',
  claimed: 'of the scarce coupon claimed',
  oversold: 'oversold',
};

/** Lines of a kind of value by part, without those that say nothing. */
function partLines(looks: readonly Look[], of: 'ready' | 'memoryMb'): LineOf[] {
  const names = [...new Set(looks.flatMap(({ parts }) => parts.map(({ name }) => name)))].sort();
  return names.map((name) => ({
    name,
    points: looks.flatMap(({ at, parts }) => {
      const value = parts.find((part) => part.name === name)?.[of];
      return value === undefined ? [] : [{ at, value }];
    }),
  }));
}

function charts({ moments, looks }: Report): string {
  const seconds = Math.max(0, ...moments.map(({ at }) => at));
  const line = (name: string, value: (moment: Moment) => number): LineOf => ({
    name,
    points: moments.map((moment) => ({ at: moment.at, value: value(moment) })),
  });
  const operations = [...new Set(moments.flatMap(({ p95 }) => Object.keys(p95)))].sort();
  const arrivals = [
    line('stories', ({ arrivals: a }) => a),
    line('requests', ({ requests }) => requests),
    ...(moments.some(({ dropped }) => dropped > 0) ? [line('dropped', ({ dropped }) => dropped)] : []),
  ];
  const answers = operations.map((name) => ({
    name,
    points: moments.flatMap(({ at, p95 }) => (p95[name] === undefined ? [] : [{ at, value: p95[name] }])),
  }));
  const failed = moments.some((moment) => moment.failed > 0) ? [line('failed', (moment) => moment.failed)] : [];
  return [
    svg({ title: 'What came', unit: 'a second', lines: arrivals, seconds }),
    svg({ title: 'How long answers took, 95 of 100', unit: 'ms', lines: answers, seconds }),
    svg({ title: 'Failures', unit: '% of answers', lines: failed, seconds }),
    svg({ title: 'Replicas that are ready', unit: 'pods', lines: partLines(looks, 'ready'), seconds, steps: true }),
    svg({ title: 'Memory', unit: 'MB', lines: partLines(looks, 'memoryMb'), seconds }),
  ].join('\n');
}

function drain(consumers: readonly Drained[] | undefined): string {
  if (consumers === undefined) return '<p>Not looked at.</p>';
  const behind = consumers.filter((row) => row.behind > 0 || row.seconds !== 0);
  const most = Math.max(1, ...behind.map((row) => row.seconds ?? 0));
  const bar = ({ consumer, behind: left, seconds }: Drained) =>
    `<tr><td>${escape(consumer)}</td><td>${left}</td><td>${seconds === null ? 'not yet' : seconds.toFixed(1)}</td>` +
    `<td class="text"><span class="bar" style="width:${Math.max(2, ((seconds ?? most) / most) * 220).toFixed(0)}px"></span></td></tr>`;
  const rows =
    behind.length === 0
      ? ''
      : `<div class="wide"><table><thead><tr><th>consumer</th><th>messages left</th><th>seconds</th><th></th></tr></thead><tbody>${behind.map(bar).join('')}</tbody></table></div>`;
  return `<p>${consumers.length - behind.length} of ${consumers.length} had nothing left when the load ended.</p>${rows}`;
}

function books(of: Books | undefined): string {
  if (of === undefined) return '<p>Not looked at.</p>';
  const wrong = of.ledger.rules.filter(({ violations }) => violations > 0).length;
  const kept = of.kept.map(({ examples: _, ...row }: Kept) => row);
  return `<p>${wrong === 0 ? `All ${of.ledger.rules.length} rules of the ledger check hold.` : `${wrong} of ${of.ledger.rules.length} rules are broken.`}</p>
${of.ledger.details.length > 0 ? `<pre>${escape(of.ledger.details.join('\n'))}</pre>` : ''}${table(kept)}
<details><summary>Each rule</summary>${table(of.ledger.rules)}</details>`;
}

export function page(report: Report): string {
  const { profile, run, started, url, rate, only, totals, broken, breaking, memory } = report;
  const cards = Object.entries(CARDS).map(
    ([name, what]) => `<div><b>${totals[name] ?? 0}</b><small>${what}</small></div>`,
  );
  const verdict =
    broken.length === 0
      ? '<div class="verdict good"><b>Everything held.</b></div>'
      : `<div class="verdict bad"><b>${broken.length} did not hold:</b><ul>${broken.map((rule) => `<li>${escape(rule)}</li>`).join('')}</ul></div>`;
  const end =
    breaking === undefined
      ? ''
      : `<div class="verdict good">${
          breaking === null
            ? 'Nothing broke up to the end.'
            : `<b>It went well up to ${breaking.arrivals.toFixed(1)} stories, ${breaking.requests.toFixed(0)} requests a second</b>, until ${clock(breaking.at)}: ${escape(breaking.why)}.`
        }</div>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(run)}</title><style>${STYLE}</style></head><body>
<h1>${escape(profile)}</h1>
<p class="soft">${started.toISOString()} · ${clock(totals['seconds'] ?? 0)} min · ${escape(url)} · ${rate} stories a second at 1x${only === '' ? '' : ` · only ${escape(only)}`}</p>
${verdict}${end}
<div class="cards">${cards.join('')}</div>
${charts(report)}
<h2>Operations</h2>${table(report.operations)}
<h2>After the load: consumers</h2>${drain(report.consumers)}
<h2>The books</h2>${books(report.books)}
<h2>Memory</h2>${table(memory)}
<script>${SCRIPT}</script></body></html>
`;
}
