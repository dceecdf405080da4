import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

type Cell = string | number;
export type Row = Record<string, Cell>;

export interface Report {
  passed: number;
  failed: number;
  part(title: string): void;
  /** One line with its time. What `work` answers stands behind it; what it throws is why it failed. */
  check(what: string, work: () => Promise<string | void>): Promise<boolean>;
  /** Several checks. What it throws is one that failed, and the last of them. */
  attempt(what: string, work: () => Promise<void>): Promise<void>;
  table(rows: readonly Row[]): void;
  note(line: string): void;
  save(file: string, about: string): void;
}

const since = (begun: number) => ((Date.now() - begun) / 1000).toFixed(1);

function asMarkdown(rows: readonly Row[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const line = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`;
  return [
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map((row) => line(heads.map((head) => row[head] ?? ''))),
  ].join('\n');
}

/** What is shown on the screen, and kept as a page. */
export function createReport(): Report {
  const begun = Date.now();
  const page: string[] = [];
  const report: Report = {
    passed: 0,
    failed: 0,
    part(title) {
      console.log(`\n${title}`);
      page.push(`\n## ${title}\n`);
    },
    async check(what, work) {
      const started = Date.now();
      let problem: string | undefined;
      let more = '';
      try {
        more = (await work()) ?? '';
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      const line = `${what} (${since(started)} s)${more === '' ? '' : `: ${more}`}`;
      console.log(problem === undefined ? `ok     ${line}` : `FAILED ${line}\n${problem}`);
      page.push(
        `- ${problem === undefined ? 'ok' : '**failed**'}: ${line}${problem === undefined ? '' : `\n\n\`\`\`\n${problem}\n\`\`\`\n`}`,
      );
      if (problem === undefined) report.passed++;
      else report.failed++;
      return problem === undefined;
    },
    async attempt(what, work) {
      try {
        await work();
      } catch (error) {
        await report.check(`${what} came to its end`, () =>
          Promise.reject(error instanceof Error ? error : new Error(String(error))),
        );
      }
    },
    table(rows) {
      if (rows.length === 0) return;
      console.table(rows);
      page.push(`\n${asMarkdown(rows)}\n`);
    },
    note(line) {
      console.log(`       ${line}`);
      page.push(`\n${line}\n`);
    },
    save(file, about) {
      const sum = `${report.passed} passed, ${report.failed} failed, ${since(begun)} s.`;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `# The charts on a cluster, as measured\n\n${about}\n\n${sum}\n${page.join('\n')}\n`);
    },
  };
  return report;
}
