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

  constructor(
    private readonly run: (
      name: string,
      text: string,
      values: unknown[],
    ) => Promise<{ rows: Record<string, number>[] }>,
  ) {}

  get pending(): boolean {
    return this.waiting.length > 0;
  }

  async add(changes: readonly Write[]): Promise<void> {
    const some = changes.filter(({ rows }) => rows > 0);
    // One statement sees a table as it was before: what comes later may build on what waits.
    if (some.some(({ table }) => this.waiting.some((other) => other.table === table))) await this.send();
    this.waiting.push(...some);
  }

  async send(): Promise<void> {
    const parts = this.waiting;
    this.waiting = [];
    const { name, text } = together(parts);
    const { rows } = await this.run(
      name,
      text,
      parts.flatMap(({ values }) => values),
    );
    for (const [i, { table, rows: wanted }] of parts.entries()) {
      const touched = rows[0]?.[`w${i}`];
      if (touched !== wanted) {
        throw new Error(`${touched} of ${wanted} rows of ${table} changed: somebody wrote without the lock`);
      }
    }
  }
}

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
    const counts = parts.map((_, i) => `(select count(*)::int from w${i}) as w${i}`);
    // Names of prepared statements are cut at 63 characters.
    statement = { name: `write.${statements.size}`, text: `with ${ctes.join(',\n')}\nselect ${counts.join(', ')}` };
    statements.set(key, statement);
  }
  return statement;
}
