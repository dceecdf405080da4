import { Client } from 'pg';
import { cloneDatabase, type TestDatabase } from './database';

describe('cloneDatabase', () => {
  let migrations = 0;
  const migrate = async (ownerUrl: string): Promise<void> => {
    migrations += 1;
    await query(
      ownerUrl,
      `CREATE TABLE note (group_id text NOT NULL, text text NOT NULL);
       ALTER TABLE note ENABLE ROW LEVEL SECURITY; ALTER TABLE note FORCE ROW LEVEL SECURITY;
       CREATE POLICY tenant ON note USING (group_id = current_setting('app.tenant', true));
       GRANT SELECT, INSERT ON note TO demo_service_app`,
    );
  };
  let clones: TestDatabase[] = [];

  beforeAll(async () => {
    clones = await Promise.all([1, 2, 3].map(() => cloneDatabase('demo-service', migrate)));
  });
  afterAll(async () => {
    await Promise.all(clones.map((clone) => clone.drop()));
  });

  it('migrates once and gives each caller a database of its own', async () => {
    const [first, second] = pair(clones);
    expect(migrations).toBe(1);
    await query(first.adminUrl, `INSERT INTO note VALUES ('a', 'mine')`);
    expect(await query(first.adminUrl, 'SELECT text FROM note')).toEqual([{ text: 'mine' }]);
    expect(await query(second.adminUrl, 'SELECT text FROM note')).toEqual([]);
  });

  it('connects the service as a role that row-level security and grants hold back', async () => {
    const [first] = pair(clones);
    expect(await query(first.appUrl, 'SELECT text FROM note')).toEqual([]);
    expect(await query(first.appUrl, `SET app.tenant = 'a'; SELECT text FROM note`)).toEqual([{ text: 'mine' }]);
    await expect(query(first.appUrl, 'DELETE FROM note')).rejects.toThrow('permission denied');
    await expect(query(first.appUrl, 'CREATE TABLE other (n int)')).rejects.toThrow('permission denied');
    expect(await query(first.ownerUrl, 'SELECT text FROM note')).toEqual([]);
  });

  it('says what went wrong when a migration fails, and leaves no template', async () => {
    const broken = cloneDatabase('broken-service', (url) => query(url, 'SELEC 1').then(() => undefined));
    await expect(broken).rejects.toThrow('syntax error');
    const repaired = await cloneDatabase('broken-service', () => Promise.resolve());
    await repaired.drop();
    await expect(query(repaired.appUrl, 'SELECT 1')).rejects.toThrow('does not exist');
  });
});

function pair(clones: TestDatabase[]): [TestDatabase, TestDatabase] {
  const [first, second] = clones;
  if (first === undefined || second === undefined) throw new Error('no clones');
  return [first, second];
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result: unknown = await client.query(sql);
    const last: unknown = Array.isArray(result) ? result.at(-1) : result;
    return (last as { rows: unknown[] }).rows;
  } finally {
    await client.end();
  }
}
