// What a program finds in a database, and what of it a program of the release before would miss.
import type { Client } from 'pg';

interface Column {
  type: string;
  required: boolean;
  /** The database fills it when nobody names it. */
  filled: boolean;
  /** Written by the database alone. */
  generated: boolean;
}

/** Each thing that a program relies on, by its name; partitions are as their table is. */
export interface Tables {
  tables: Map<string, Map<string, Column>>;
  /** Unique indexes, constraints, policies: `kind table.name` -> what is said. */
  rules: Map<string, string>;
  /** `function name(arguments)`. */
  functions: Map<string, { returns: string; body: string }>;
  /** `select on table`. */
  rights: Set<string>;
}

const OURS = `c.relnamespace = 'public'::regnamespace and not c.relispartition`;
const COLUMNS = `
  select c.relname as on, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
         a.atthasdef or a.attidentity <> '' as filled, a.attgenerated <> '' or a.attidentity = 'a' as generated
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where ${OURS} and c.relkind in ('r', 'p', 'v', 'm')`;
const RULES = `
  select 'constraint' as kind, c.relname as on, r.conname as name, pg_get_constraintdef(r.oid) as says
    from pg_class c join pg_constraint r on r.conrelid = c.oid where ${OURS} and r.contype <> 'n' and r.conparentid = 0
  union all
  select 'unique index', c.relname, i.relname, pg_get_indexdef(i.oid)
    from pg_class c join pg_index x on x.indrelid = c.oid and x.indisunique join pg_class i on i.oid = x.indexrelid
   where ${OURS} and not exists (select from pg_constraint r where r.conindid = i.oid)
  union all
  select 'policy', c.relname, p.polname, concat(p.polcmd, p.polpermissive, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
    from pg_class c join pg_policy p on p.polrelid = c.oid where ${OURS}`;
const FUNCTIONS = `
  select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, pg_get_function_result(p.oid) as returns, p.prosrc as body
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind <> 'a'`;
const RIGHTS = `
  select lower(g.privilege_type) || ' on ' || c.relname as name
    from pg_class c cross join aclexplode(c.relacl) g where ${OURS} and g.grantee <> c.relowner`;

export async function readTables(client: Pick<Client, 'query'>): Promise<Tables> {
  const all = async <R extends object>(sql: string) => (await client.query<R>(sql)).rows;
  const tables: Tables['tables'] = new Map();
  for (const { on, name, ...column } of await all<Column & { on: string; name: string }>(COLUMNS))
    tables.set(on, (tables.get(on) ?? new Map<string, Column>()).set(name, column));
  const rules = await all<{ kind: string; on: string; name: string; says: string }>(RULES);
  const functions = await all<{ name: string; returns: string; body: string }>(FUNCTIONS);
  return {
    tables,
    rules: new Map(rules.map(({ kind, on, name, says }) => [`${kind} ${on}.${name}`, says])),
    functions: new Map(functions.map(({ name, ...says }) => [`function ${name}`, says])),
    rights: new Set((await all<{ name: string }>(RIGHTS)).map(({ name }) => name)),
  };
}

/** What `now` takes away of `before`, or refuses that was taken then; sorted. A new table is nobody's business but its own. */
export function narrower(before: Tables, now: Tables): string[] {
  const found: string[] = [];
  for (const [table, columns] of before.tables) {
    const still = now.tables.get(table);
    if (still) found.push(...narrowerColumns(table, columns, still));
    else found.push(`table ${table} is gone`);
  }
  const stays = (rule: string) => now.tables.has(tableOf(rule));
  for (const [rule, said] of before.rules) {
    const says = now.rules.get(rule);
    // A check that is gone refuses nothing. What is unique is named by `on conflict`; a policy that is gone hides rows.
    if (says === undefined && stays(rule) && (!rule.startsWith('constraint') || isKey(said)))
      found.push(`${rule} is gone`);
    if (says !== undefined && says !== said && !allowsMore(said, says)) found.push(`${rule} says ${says}`);
  }
  for (const rule of now.rules.keys())
    if (!before.rules.has(rule) && before.tables.has(tableOf(rule))) found.push(`${rule} is new`);
  for (const [name, { returns }] of before.functions) {
    const still = now.functions.get(name);
    if (!still) found.push(`${name} is gone`);
    else if (still.returns !== returns) found.push(`${name} returns ${still.returns}`);
  }
  for (const right of before.rights)
    if (!now.rights.has(right) && now.tables.has(right.split(' on ')[1] ?? '')) found.push(`right to ${right} is gone`);
  return found.sort();
}

function narrowerColumns(table: string, before: Map<string, Column>, now: Map<string, Column>): string[] {
  const found: string[] = [];
  for (const [name, then] of before) {
    const column = now.get(name);
    const at = `column ${table}.${name}`;
    if (!column) found.push(`${at} is gone`);
    else {
      if (column.type !== then.type) found.push(`${at} is ${column.type}`);
      // With a default as well: who wrote null by name still does.
      if (column.required && !then.required) found.push(`${at} is required`);
      if (column.required && then.filled && !column.filled) found.push(`${at} is no longer filled`);
      if (column.generated && !then.generated) found.push(`${at} is generated`);
    }
  }
  for (const [name, column] of now)
    if (!before.has(name) && column.required && !column.filled && !column.generated)
      found.push(`column ${table}.${name} is new and required`);
  return found;
}

const tableOf = (rule: string): string => /([^ .]+)\.[^.]+$/.exec(rule)?.[1] ?? '';
const isKey = (said: string): boolean => /^(PRIMARY KEY|UNIQUE|EXCLUDE)/.test(said);

/** The same check with more values in its list: what was taken still is. */
function allowsMore(said: string, says: string): boolean {
  const list = /ARRAY\[(.*?)\]/;
  const [then, now] = [said, says].map((text) => list.exec(text)?.[1]?.split(', '));
  return (
    !!then && !!now && said.replace(list, '') === says.replace(list, '') && then.every((value) => now.includes(value))
  );
}
