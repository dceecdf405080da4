import { mkdtempSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Nats, startNats } from '@atrium/testkit';
import { connect } from '@nats-io/transport-node';
import { ANNOUNCEMENTS } from '../src/edge/announcements';
import { type Harness, replaceFile, startHarness } from './harness';

/** A field more; the subgraph does not know it, so that asking for it is an error of the subgraph's. */
const grown = (supergraph: string) =>
  supergraph.replace(/(type Query[^{]*\{)/, '$1\n  added: Echo @join__field(graph: PEOPLE)');

describe('a new supergraph', () => {
  let graph: Harness | undefined;
  let path: string;
  const start = async (more: object = {}) => {
    path = join(mkdtempSync(join(tmpdir(), 'atrium-')), 'supergraph.graphql');
    graph = await startHarness({ supergraphPath: path, supergraphPollMs: 50, ...more });
    return graph;
  };
  afterEach(() => graph?.stop());

  const knowsAdded = async () => {
    const { body } = await graph!.post({ query: '{ added { caller } }' });
    return body.errors?.[0]?.extensions['serviceName'] === 'people';
  };
  const outcome = async (name: string) => {
    const metrics = await (await fetch(`${graph!.gateway.url}metrics`)).text();
    return Number(new RegExp(`supergraph_reloads_total{outcome="${name}"} (\\d+)`).exec(metrics)?.[1] ?? NaN);
  };

  it('is taken into use without a dropped request: what runs is finished on the old one', async () => {
    const { wallet, supergraphSdl } = await start();
    // There before anything has happened: an alert asks by how much they have grown.
    expect([await outcome('loaded'), await outcome('refused')]).toEqual([0, 0]);
    expect(await knowsAdded()).toBe(false);

    wallet.hold();
    const slow = graph!.post({ query: '{ people { name balance } }' });
    await eventually(() => wallet.received.length > 0, { what: 'a request at the subgraph' });
    replaceFile(path, grown(supergraphSdl));
    await eventually(knowsAdded, { what: 'the new graph' });
    wallet.release();
    expect((await slow).body).toMatchObject({ data: { people: [{ balance: 7 }, { balance: 7 }] } });
    expect((await graph!.post({ query: '{ people { name balance } }' })).body.errors).toBeUndefined();
  });

  it('comes as often as it likes under load, and nobody notices', async () => {
    const { supergraphSdl } = await start();
    let stop = false;
    const failures: unknown[] = [];
    let answered = 0;
    const client = async () => {
      while (!stop) {
        const { status, body } = await graph!.post({ query: '{ people { name balance } }' });
        answered++;
        if (status !== 200 || body.errors !== undefined) failures.push(body);
      }
    };
    const clients = Array.from({ length: 4 }, client);
    for (let i = 0; i < 6; i++) {
      replaceFile(path, `# ${i}\n${i % 2 === 0 ? grown(supergraphSdl) : supergraphSdl}`);
      await eventually(async () => (await outcome('loaded')) > i, { what: `load ${i}` });
    }
    stop = true;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(5);
  });

  it.each([
    ['is no GraphQL', () => 'type Query {'],
    ['is no supergraph', () => 'type Query { a: Int }'],
    [
      'does not hold together',
      (sdl: string) => sdl.replace(/(type Query[^{]*\{)/, '$1\n  bad: Missing @join__field(graph: PEOPLE)'),
    ],
  ])('is refused and reported when it %s, and the old one stays', async (_, broken) => {
    const { supergraphSdl, logs } = await start();
    replaceFile(path, broken(supergraphSdl));
    await eventually(async () => (await outcome('refused')) > 0, { what: 'the refusal' });
    expect(logs.some((line) => line.includes('the one before stays'))).toBe(true);
    expect((await graph!.post({ query: '{ people { id } }' })).body.errors).toBeUndefined();
    expect((await fetch(`${graph!.gateway.url}readyz`)).status).toBe(200);

    replaceFile(path, grown(supergraphSdl));
    await eventually(knowsAdded, { what: 'the next one, which is good' });
  });

  it('may be a link that is changed, as a ConfigMap is', async () => {
    const { supergraphSdl } = await start();
    const [one, two] = [`${path}.1`, `${path}.2`];
    writeFileSync(one, supergraphSdl);
    writeFileSync(two, grown(supergraphSdl));
    const pointTo = (file: string) => {
      symlinkSync(file, `${path}.next`);
      renameSync(`${path}.next`, path);
    };
    pointTo(one);
    pointTo(two);
    await eventually(knowsAdded, { what: 'the new graph' });
    expect(await outcome('refused')).toBe(0);
    unlinkSync(path);
    await eventually(async () => (await outcome('refused')) > 0, { what: 'a report of the missing file' });
    expect(await knowsAdded()).toBe(true);
    expect(readFileSync(two, 'utf8')).toContain('added');
  });

  describe('that is announced', () => {
    let nats: Nats;
    beforeAll(async () => (nats = await startNats()));
    afterAll(() => nats.stop());

    it('is looked for at once', async () => {
      const { supergraphSdl } = await start({ supergraphPollMs: 3_600_000, natsUrl: nats.url });
      const operator = await connect({ servers: nats.url });
      replaceFile(path, grown(supergraphSdl));
      await eventually(
        async () => {
          operator.publish(ANNOUNCEMENTS.supergraph);
          return knowsAdded();
        },
        { what: 'the new graph' },
      );
      await operator.close();
    });
  });
});
