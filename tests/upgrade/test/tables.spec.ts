import { SERVICES, type ServiceName } from '@atrium/contracts';
import { asAdmin, provisionDatabase, type Postgres, startPostgres } from '@atrium/testkit';
import { migrate, migrationsOf, type Release } from './releases';
import { narrower, readTables, type Tables } from './tables';

type State = Tables & { applied: string[] };

describe('the tables of this release', () => {
  let postgres: Postgres;
  beforeAll(async () => (postgres = await startPostgres()));
  afterAll(() => postgres.stop());

  const as = (database: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  /** A service's database after the migrations of these releases. */
  async function migrated(service: ServiceName, ...releases: Release[]) {
    const { name, ownerUrl } = await provisionDatabase(postgres.url, service, {
      database: [service, ...releases].join('_').replaceAll('-', '_'),
    });
    const states: State[] = [];
    for (const release of releases) {
      await migrate(release, service, ownerUrl);
      states.push(
        await asAdmin(as(name), async (client) => {
          const { rows } = await client.query<{ name: string }>('select name from migration order by name');
          return { ...(await readTables(client)), applied: rows.map((row) => row.name) };
        }),
      );
    }
    return states as [State, State];
  }

  it.each(SERVICES)('%s: hold whatever the release before needs, or say what they take away', async (service) => {
    const [[before, now], [fresh], migrations] = await Promise.all([
      migrated(service, 'before', 'now'),
      migrated(service, 'now'),
      migrationsOf(service),
    ]);
    const said = migrations.filter(({ name }) => !before.applied.includes(name));
    const taken = said.flatMap(({ contracts }) => Object.entries(contracts));
    expect(before.tables.size).toBeGreaterThan(5);
    // Each once, and none too many: whoever takes something away says so, and says what replaced it in the release before.
    expect(taken.map(([what]) => what).sort()).toEqual(narrower(before, now));
    expect(taken.filter(([, expanded]) => !before.applied.includes(expanded))).toEqual([]);
    // A migration that was released is never edited: one who begins with this release has what others come to.
    expect(now).toEqual(fresh);
  });

  describe('are compared, so that', () => {
    const EXAMPLE = `
      create table shop (id uuid primary key, code text not null, note text, kind text not null default 'A' check (kind in ('A', 'B')));
      create unique index shop_code on shop (code);
      create policy shop_tenant on shop using (true);
      create function shop_count(p_kind text) returns integer language sql as 'select 1';
      grant select, insert on shop to atrium_app;
      create table part (id bigint not null, shop_id uuid not null references shop) partition by range (id);`;
    /** What is found after a change, and after its way back. */
    async function after(change: string): Promise<string[]> {
      const { name } = await provisionDatabase(postgres.url, 'member', { database: 'example' });
      return asAdmin(as(name), async (client) => {
        await client.query(`begin; ${EXAMPLE}`);
        const before = await readTables(client);
        await client.query(change);
        const found = narrower(before, await readTables(client));
        await client.query('rollback');
        return found;
      });
    }

    it.each([
      ['drop table shop cascade', ['table shop is gone']],
      [
        'alter table shop rename to store',
        ['constraint part.part_shop_id_fkey says FOREIGN KEY (shop_id) REFERENCES store(id)', 'table shop is gone'],
      ],
      ['alter table shop drop column note', ['column shop.note is gone']],
      ['alter table shop rename column note to remark', ['column shop.note is gone']],
      ['alter table shop alter column note type varchar(9)', ['column shop.note is character varying(9)']],
      ['alter table shop alter column note set not null', ['column shop.note is required']],
      [
        `alter table shop alter column note set default '', alter column note set not null`,
        ['column shop.note is required'],
      ],
      ['alter table shop alter column kind drop default', ['column shop.kind is no longer filled']],
      ['alter table shop add column more text not null', ['column shop.more is new and required']],
      ['alter table shop add constraint short check (length(note) < 9)', ['constraint shop.short is new']],
      ['alter table shop add unique (note)', ['constraint shop.shop_note_key is new']],
      ['create unique index shop_note on shop (note)', ['unique index shop.shop_note is new']],
      ['drop index shop_code', ['unique index shop.shop_code is gone']],
      [
        `alter table shop drop constraint shop_kind_check, add constraint shop_kind_check check (kind in ('A', 'C'))`,
        [`constraint shop.shop_kind_check says CHECK ((kind = ANY (ARRAY['A'::text, 'C'::text])))`],
      ],
      ['drop policy shop_tenant on shop', ['policy shop.shop_tenant is gone']],
      ['drop function shop_count', ['function shop_count(p_kind text) is gone']],
      [
        `drop function shop_count; create function shop_count(p_kind text) returns bigint language sql as 'select 1::bigint'`,
        ['function shop_count(p_kind text) returns bigint'],
      ],
      ['revoke insert on shop from atrium_app', ['right to insert on shop is gone']],
    ])('this is a step that contracts: %s', async (change, found) => {
      expect(await after(change)).toEqual(found);
    });

    it.each([
      'alter table shop add column more text',
      'alter table shop add column more text not null default true',
      'alter table shop alter column code drop not null',
      `alter table shop drop constraint shop_kind_check, add constraint shop_kind_check check (kind in ('A', 'B', 'C'))`,
      'alter table shop drop constraint shop_kind_check',
      'create index on shop (kind)',
      'create table other (id uuid primary key, code text not null unique)',
      'create table part_1 partition of part for values from (1) to (2)',
      `create or replace function shop_count(p_kind text) returns integer language sql as 'select 2'`,
      'grant delete on shop to atrium_app',
    ])('this is not: %s', async (change) => {
      expect(await after(change)).toEqual([]);
    });
  });
});
