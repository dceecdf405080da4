import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually, untilSettled } from '@atrium/testkit';
import { type Command, npmStart, type StartedGraph } from './commands';
import { type Digest, digest, query } from './digest';
import { EDITS } from './edits';
import { describeWithTickets, importArgs, PAID, SALES } from './tickets';

const startImport = (graph: StartedGraph): Command =>
  graph.command('import-sales', importArgs(join(graph.dir, 'rejects.csv')));

/** Until this many of the tickets have been recorded. */
const recorded = (graph: StartedGraph, count: number) =>
  eventually(
    async () => {
      const [row] = await query<{ n: number }>(
        graph.state(),
        'merchant-settlement',
        `select count(*)::int as n from purchase where source_system = 'TILL-EXPORT'`,
      );
      return (row?.n ?? 0) >= count;
    },
    { what: `${count} sales are recorded`, timeoutMs: 600_000, everyMs: 50 },
  );

const killPid = (graph: StartedGraph, name: string): void => {
  const pid = graph.state().pids[name];
  if (!pid) throw new Error(`${name} has no pid`);
  process.kill(pid, 'SIGKILL');
};

/** Facts of merchant-settlement: those that its stream holds, and all. */
async function inStream(graph: StartedGraph): Promise<number> {
  const nats = await connect({ servers: graph.state().natsUrl });
  try {
    return (await (await jetstreamManager(nats)).streams.info('SETTLEMENT')).state.messages;
  } finally {
    await nats.close();
  }
}
async function stated(graph: StartedGraph): Promise<number> {
  const [row] = await query<{ n: number }>(
    graph.state(),
    'merchant-settlement',
    'select count(*)::int as n from outbox',
  );
  return row?.n ?? 0;
}

async function expectLedgerHolds(graph: StartedGraph): Promise<void> {
  const { code, text } = await graph.run('check-ledger');
  expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
}

/** One row of the summary table. */
const summary = (text: string, row: string): string | undefined =>
  new RegExp(`│ ${row.replace(/[()]/g, '\\$&')} +│ '?([^│']*?)'? +│`).exec(text)?.[1];

describeWithTickets('a month of real tickets', () => {
  let graph: StartedGraph;
  let reference: Digest;

  const onOwnGraph = async (work: () => Promise<void>) => {
    graph = await npmStart();
    try {
      await work();
    } catch (error) {
      process.stderr.write(`${graph.text()}\n`);
      throw error;
    } finally {
      await graph.end();
    }
  };

  describe('imported in peace', () => {
    beforeAll(async () => {
      graph = await npmStart();
    });
    afterAll(() => graph.end());

    it('comes to what the file says', async () => {
      const { code, text } = await startImport(graph).ended;
      expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
      expect(summary(text, 'recorded now')).toBe(String(SALES));
      expect(summary(text, 'sales in the graph')).toBe(String(SALES));
      expect(summary(text, 'paid, CNY')).toBe(PAID);
      expect(summary(text, 'sales whose points are on their way')).toBe('0');
      await expectLedgerHolds(graph);
      reference = await digest(graph.state());
    });

    it('changes nothing when it is imported again', async () => {
      const { text } = await startImport(graph).ended;
      expect(summary(text, 'recorded now')).toBe('0');
      expect(summary(text, 'recorded before (duplicates)')).toBe(String(SALES));
      expect(summary(text, 'paid, CNY')).toBe(PAID);
      expect(await digest(graph.state())).toEqual(reference);
    });

    it('and every row that is edited by hand is found by the ledger check', async () => {
      for (const edit of EDITS) {
        const undo = await edit.make(graph.state());
        const { code, text } = await graph.run('check-ledger');
        await undo();
        const broken = new Set([...text.matchAll(/^(I\d+): /gm)].map(([, name]) => name));
        expect({ edit: edit.what, code, broken: [...broken].sort() }).toEqual({
          edit: edit.what,
          code: 1,
          broken: edit.breaks,
        });
      }
      await expectLedgerHolds(graph);
    });
  });

  it('comes to the same when the importer is killed half-way and points in the second run', () =>
    onOwnGraph(async () => {
      const first = startImport(graph);
      await recorded(graph, SALES / 2);
      first.process.kill('SIGKILL');
      await first.ended;
      const second = startImport(graph);
      await recorded(graph, (SALES * 3) / 4);
      killPid(graph, 'points');
      const { code, text } = await second.ended;
      expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
      expect(summary(text, 'paid, CNY')).toBe(PAID);
      expect(graph.text()).toContain('points is up again');
      await expectLedgerHolds(graph);
      expect(await digest(graph.state())).toEqual(reference);
    }));

  it('comes to the same when nats-server is killed', () =>
    onOwnGraph(async () => {
      const running = startImport(graph);
      await recorded(graph, SALES / 3);
      killPid(graph, 'nats');
      const { code, text } = await running.ended;
      expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
      expect(graph.text()).toContain('nats-server is up again');
      await expectLedgerHolds(graph);
      expect(await digest(graph.state())).toEqual(reference);
    }));

  it('comes to the same when NATS loses its store and what it lost is published again', () =>
    onOwnGraph(async () => {
      const from = new Date(Date.now() - 3_600_000).toISOString();
      const running = startImport(graph);
      await recorded(graph, SALES / 2);
      // What is gone when it starts again: the supervisor gives it an empty folder.
      renameSync(join(graph.dir, 'nats', 'store'), join(graph.dir, 'nats', 'lost'));
      killPid(graph, 'nats');
      const { code, text } = await running.ended;
      expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
      expect(await inStream(graph)).toBeLessThan(await stated(graph));
      const again = await graph.run('republish', ['--service', 'all', '--from', from]);
      expect({ code: again.code, text: again.code === 0 ? '' : again.text }).toEqual({ code: 0, text: '' });
      await untilSettled(graph.state());
      await expectLedgerHolds(graph);
      expect(await digest(graph.state())).toEqual(reference);
    }));
});
