/** A statement that changes rows of one table, to be sent together with those of other tables. */
export interface Write {
  table: string;
  /** An insert or an update without `returning`; its parameters are $1, $2 … */
  sql: string;
  values: unknown[];
  /** How many rows it must touch; with any other number the transaction fails. */
  rows: number;
}

interface Statement {
  name: string;
  text: string;
}

/** By the text of its parts. A service knows some tens of combinations. */
const statements = new Map<string, Statement>();

/** The changes of one transaction that wait to be sent. */
export class Writes {
  private waiting: Write[] = [];

  constructor(private readonly run: (statement: Statement & { values: unknown[] }) => Promise<unknown>) {}

  async add(changes: readonly Write[]): Promise<void> {
    const some = changes.filter(({ rows }) => rows > 0);
    // One statement sees a table as it was before: what comes later may build on what waits.
    const sent = some.some(({ table }) => this.waiting.some((other) => other.table === table)) ? this.send() : null;
    this.waiting.push(...some);
    await sent;
  }

  async send(): Promise<void> {
    const parts = this.waiting;
    if (parts.length === 0) return;
    this.waiting = [];
    const values = [...parts.flatMap((part) => part.values), ...parts.map(({ rows }) => rows)];
    await this.run({ ...together(parts), values });
  }
}

/** All changes, and a cast that fails with a sentence when one of them touched another number of rows than it should. */
function together(parts: readonly Write[]): Statement {
  const key = parts.map(({ sql }) => sql).join('\n');
  let statement = statements.get(key);
  if (!statement) {
    let before = 0;
    const ctes = parts.map(({ sql, values }, i) => {
      const text = sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + before}`);
      before += values.length;
      return `w${i} as (${text} returning 1)`;
    });
    const checks = parts.map(({ table }, i) => {
      const [touched, wanted] = [`(select count(*) from w${i})`, `$${before + i + 1}::int`];
      const complaint = `format('%s of %s rows of ${table} changed: somebody wrote without the lock', ${touched}, ${wanted})`;
      return `(case when ${touched} = ${wanted} then '1' else ${complaint} end)::int`;
    });
    // Names of prepared statements are cut at 63 characters.
    statement = { name: `write.${statements.size}`, text: `with ${ctes.join(',\n')}\nselect ${checks.join(', ')}` };
    statements.set(key, statement);
  }
  return statement;
}
