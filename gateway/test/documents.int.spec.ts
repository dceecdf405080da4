import { createHash } from 'node:crypto';
import { mkdtempSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startNats } from '@atrium/testkit';
import { connect } from '@nats-io/transport-node';
import { ANNOUNCEMENTS } from '../src/edge/announcements';
import { parseManifest, readManifest } from '../src/edge/safelist';
import { type Harness, replaceFile, startHarness } from './harness';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hashed = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });
const LISTED = 'query People { people { id } }';
const OTHER = 'query Others { people { name } }';

function manifestOf(...bodies: string[]): string {
  const operations = bodies.map((body) => ({ id: sha256(body), name: 'x', type: 'query', body }));
  return JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
}

function manifest(...bodies: string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'atrium-')), 'manifest.json');
  writeFileSync(path, manifestOf(...bodies));
  return path;
}

describe('documents', () => {
  let graph: Harness | undefined;
  const start = async (documents: object) =>
    (graph = await startHarness({
      introspection: true,
      documents: { safelist: 'off', safelistPath: undefined, persistedQueries: false, ...documents },
    }));
  afterEach(() => graph?.stop());

  const send = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await graph!.post(body, headers);
    return answer.body.errors?.[0]?.extensions['code'] ?? Object.keys(answer.body.data ?? {})[0];
  };

  it('are texts only, when nothing else is configured', async () => {
    await start({});
    expect(await send({ extensions: hashed(LISTED) })).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
    expect(await send({ query: LISTED, extensions: hashed(LISTED) })).toBe('people');
    expect(await send({ extensions: hashed(LISTED) })).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });

  it('may be left under their hash by a caller who is known, for everybody', async () => {
    await start({ persistedQueries: true });
    const authorization = `Bearer ${await graph!.token()}`;
    const unknown = await graph!.post({ extensions: hashed(LISTED) }, { authorization });
    expect([unknown.status, unknown.body.errors?.[0]?.message]).toEqual([200, 'PersistedQueryNotFound']);

    expect(await send({ query: LISTED, extensions: hashed(LISTED) })).toBe('people');
    expect(await send({ extensions: hashed(LISTED) })).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await send({ query: LISTED, extensions: hashed(LISTED) }, { authorization })).toBe('people');
    expect(await send({ extensions: hashed(LISTED) })).toBe('people');
    expect(await send({ query: OTHER, extensions: hashed(LISTED) }, { authorization })).toBe('BAD_REQUEST');
    expect(await send({ extensions: hashed(LISTED), operationName: 'People' })).toBe('people');
  });

  it('are dropped, the longest unused first, when there are too many', async () => {
    await start({ persistedQueries: true });
    const headers = { authorization: `Bearer ${await graph!.token()}` };
    const long = (i: number) => `query Q${i} { people { id } } #${'x'.repeat(900_000)}`;
    for (let i = 0; i < 10; i++) await send({ query: long(i), extensions: hashed(long(i)) }, headers);
    expect(await send({ extensions: hashed(long(9)) })).toBe('people');
    expect(await send({ extensions: hashed(long(0)) })).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('off the list are executed, counted, and logged once, in audit mode', async () => {
    await start({ safelist: 'audit', safelistPath: manifest(LISTED) });
    expect(await send({ query: LISTED })).toBe('people');
    expect(await send({ extensions: hashed(LISTED) })).toBe('people');
    for (let i = 0; i < 3; i++) expect(await send({ query: OTHER, operationName: 'Others' })).toBe('people');
    const lines = graph!.logs.filter((line) => line.includes('not on the safelist')).map((line) => JSON.parse(line));
    expect(lines).toEqual([expect.objectContaining({ operation: 'Others', hash: sha256(OTHER) })]);
    const metrics = await (await fetch(`${graph!.gateway.url}metrics`)).text();
    expect(metrics).toContain('atrium_gateway_documents_total{outcome="listed"} 2');
    expect(metrics).toContain('atrium_gateway_documents_total{outcome="unlisted"} 3');
  });

  it('off the list are refused when it is enforced, whoever asks and in whatever form', async () => {
    await start({ safelist: 'enforce', safelistPath: manifest(LISTED), persistedQueries: true });
    const headers = { authorization: `Bearer ${await graph!.token()}` };
    const before = graph!.people.received.length;
    const refused = await graph!.post({ query: OTHER }, headers);
    expect([refused.status, refused.body.errors?.[0]?.extensions['code']]).toEqual([403, 'OPERATION_NOT_LISTED']);
    expect(await send({ query: OTHER, extensions: hashed(OTHER) }, headers)).toBe('OPERATION_NOT_LISTED');
    expect(await send({ extensions: hashed(OTHER) })).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await send({ query: `${LISTED} ` })).toBe('OPERATION_NOT_LISTED');
    expect(await send({ query: '{ __schema { types { name } } }' }, headers)).toBe('OPERATION_NOT_LISTED');
    expect(graph!.people.received).toHaveLength(before);

    expect(await send({ query: LISTED })).toBe('people');
    expect(await send({ extensions: hashed(LISTED) })).toBe('people');
  });

  it('must be what the manifest calls them', () => {
    expect(parseManifest(manifestOf(LISTED)).texts.size).toBe(1);
    const lie = manifestOf(LISTED).replace(sha256(LISTED), sha256(OTHER));
    expect(() => parseManifest(lie)).toThrow('The id of x');
    expect(() => readManifest('enforce', undefined)).toThrow('needs SAFELIST_PATH');
  });

  describe('of a list that changes while it runs', () => {
    const code = async (query: string) => send({ query });
    const count = async (outcome: string) => {
      const text = await (await fetch(`${graph!.gateway.url}metrics`)).text();
      return Number(new RegExp(`safelist_reloads_total{outcome="${outcome}"} (\\d+)`).exec(text)?.[1] ?? NaN);
    };
    const startWith = async (more: object) => {
      const safelistPath = manifest(LISTED);
      const documents = { safelist: 'enforce' as const, safelistPath, persistedQueries: false };
      graph = await startHarness({ supergraphPollMs: 50, documents, ...more });
      expect([await count('loaded'), await count('refused')]).toEqual([0, 0]);
      expect([await code(LISTED), await code(OTHER)]).toEqual(['people', 'OPERATION_NOT_LISTED']);
      return safelistPath;
    };

    it('are those of the new one, and a broken one changes nothing', async () => {
      const path = await startWith({});
      replaceFile(path, manifestOf(OTHER));
      await eventually(async () => (await code(OTHER)) === 'people', { what: 'the new list' });
      expect([await code(LISTED), await count('loaded')]).toEqual(['OPERATION_NOT_LISTED', 1]);

      const broken = ['{"format":"apollo-', '{}', manifestOf(LISTED).replace(sha256(LISTED), sha256(OTHER))];
      for (const [at, text] of broken.entries()) {
        replaceFile(path, text);
        await eventually(async () => (await count('refused')) === at + 1, { what: `refusal ${at}` });
        expect([await code(OTHER), await code(LISTED)]).toEqual(['people', 'OPERATION_NOT_LISTED']);
      }
      expect(graph!.logs.filter((line) => line.includes('safelist refused, the one before stays'))).toHaveLength(3);
      unlinkSync(path);
      await eventually(async () => (await count('refused')) === 4, { what: 'a report of the missing file' });
      expect(await code(OTHER)).toBe('people');

      replaceFile(path, manifestOf(LISTED, OTHER));
      await eventually(async () => (await code(LISTED)) === 'people', { what: 'the next one, which is good' });
      const text = await (await fetch(`${graph!.gateway.url}metrics`)).text();
      expect(text).toContain('atrium_gateway_safelist_documents 2');
    });

    it('are looked for at once when it is announced', async () => {
      const nats = await startNats();
      try {
        const path = await startWith({ supergraphPollMs: 3_600_000, natsUrl: nats.url });
        const operator = await connect({ servers: nats.url });
        replaceFile(path, manifestOf(OTHER));
        const announced = async () => {
          operator.publish(ANNOUNCEMENTS.safelist);
          return (await code(OTHER)) === 'people';
        };
        await eventually(announced, { what: 'the new list' });
        await operator.close();
      } finally {
        await nats.stop();
      }
    });
  });
});
