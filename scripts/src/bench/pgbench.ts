// The limit: pgbench sends the statements that the service sent, with other members and other ids each time.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Recorded } from './worker';

const SYSTEM = '/usr/lib/postgresql';

/** pgbench of the system's PostgreSQL package; null when it is not there. */
export function findPgbench(): string | null {
  const versions = existsSync(SYSTEM) ? readdirSync(SYSTEM).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(SYSTEM, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file)) ?? null;
}

export class Pgbench {
  private readonly folder = mkdtempSync(join(tmpdir(), 'atrium-pgbench-'));
  private readonly scripts = new Map<string, string>();

  constructor(
    private readonly binary: string,
    private readonly urls: { appUrl: string; adminUrl: string },
    private readonly blocks: number,
  ) {}

  /** Makes a script of recorded transactions. Long parameters lie in a table, as pgbench cannot carry them. */
  async prepare(name: string, transactions: readonly Recorded[][]): Promise<void> {
    const admin = new Client({ connectionString: this.urls.adminUrl });
    await admin.connect();
    try {
      await admin.query(`create table if not exists bench_parameter (name text primary key, value text not null)`);
      await admin.query(`alter table bench_parameter alter column value set storage external`);
      await admin.query(`grant select on bench_parameter to atrium_app`);
      const lines = [`\\set block random(1, ${this.blocks - 1})`, `\\set fresh random(1, ${2 ** 40 - 1})`];
      for (const [t, statements] of transactions.entries()) {
        for (const [s, statement] of statements.entries()) {
          const texts: string[] = [];
          for (const [v, value] of statement.values.entries()) {
            const key = `${name}.${t}.${s}.${v}`;
            // pgbench takes what follows a colon for a variable.
            const instant = statement.types[v]?.startsWith('timestamp') ? value?.replaceAll(':', '') : value;
            const long = (instant?.length ?? 0) > 200 || instant?.includes(':');
            if (long) await admin.query(`insert into bench_parameter values ($1, $2)`, [key, value]);
            const raw = long ? `(select value from bench_parameter where name = '${key}')` : literal(instant ?? null);
            texts.push(`(${marked(raw, value)}::${statement.types[v]})`);
          }
          lines.push(...oneByOne(statement.text.replace(/\$(\d+)/g, (_, n: string) => texts[Number(n) - 1] ?? '')));
        }
      }
      const file = join(this.folder, `${name}.sql`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      this.scripts.set(name, file);
    } finally {
      await admin.end();
    }
  }

  /** How often a second the script ran. */
  async run(name: string, clients: number, seconds: number): Promise<number> {
    const file = this.scripts.get(name);
    if (!file) throw new Error(`no script ${name}`);
    const args = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', file];
    const { stdout } = await promisify(execFile)(this.binary, [...args, this.urls.appUrl]);
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
    const failed = /number of failed transactions: (\d+)/.exec(stdout)?.[1] ?? '0';
    if (!rate || failed !== '0') throw new Error(`pgbench could not run ${name}: ${stdout}`);
    return Number(rate);
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const literal = (value: string | null): string => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);

function marked(raw: string, value: string | null): string {
  let text = raw;
  if (value?.includes('<blck>')) text = `replace(${text}, '<blck>', to_hex(${0xa0000000} + :block::bigint))`;
  if (value?.includes('<fresh-id>')) text = `replace(${text}, '<fresh-id>', lpad(to_hex(:fresh::bigint), 10, '0'))`;
  return text;
}

/** Our BEGIN names the tenant in the same message; with prepared statements pgbench has to send two, but need not wait between. */
function oneByOne(text: string): string[] {
  const parts = text.split(/;\s*/).filter((part) => part !== '');
  if (parts.length === 1) return [`${text.replace(/\s*\n\s*/g, ' ')};`];
  return ['\\startpipeline', ...parts.map((part) => `${part};`), '\\endpipeline'];
}
