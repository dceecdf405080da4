import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { durableName, OrgNodeRecordedSchema, streamOf } from '@atrium/contracts';
import { eventually } from '@atrium/testkit';
import { createMetrics, watchSwitch } from '../src';
import { Harness, log } from './support/harness';

describe('a switch of a peak day', () => {
  let h: Harness;
  let folder: string;
  beforeAll(async () => {
    h = await Harness.start();
    folder = mkdtempSync(join(tmpdir(), 'atrium-switches-'));
    h.onEnd(() => Promise.resolve(rmSync(folder, { recursive: true })));
  });
  afterAll(() => h.end());

  let version = 0;
  /** As a kubelet changes a mounted ConfigMap: a new folder, and a link that is moved onto it at once. */
  function mount(words: Record<string, string>): void {
    const data = join(folder, `..v${++version}`);
    mkdirSync(data);
    for (const [name, word] of Object.entries(words)) writeFileSync(join(data, name), word);
    symlinkSync(data, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    if (version === 1) symlinkSync(join('..data', 'messaging'), join(folder, 'messaging'));
  }
  const turned = async (registry: ReturnType<typeof createMetrics>['registry']) =>
    /^atrium_switch_turned\{.*switch="messaging".*\} (\d)$/m.exec(await registry.metrics())?.[1];

  it('holds a consumer while it is turned, loses nothing, and is seen in metrics', async () => {
    const runner = h.consume();
    const { registry } = createMetrics('tiny');
    const watched = await watchSwitch(folder, 'messaging', registry, log, (on) => runner.hold(on));
    h.onEnd(() => watched.stop());
    await h.send('before');
    await h.hears(1);
    expect(await turned(registry)).toBe('0');

    mount({ messaging: 'paused\n' });
    await eventually(async () => (await turned(registry)) === '1', { what: 'the switch is seen' });
    for (const code of ['a', 'b', 'c']) await h.send(code);
    const waiting = async () =>
      (await h.bus.jsm.consumers.info(streamOf(OrgNodeRecordedSchema), durableName('member', OrgNodeRecordedSchema)))
        .num_pending;
    // Nobody pulls any more: what comes stays in the stream.
    await eventually(async () => (await waiting()) === 3, { what: 'three that wait' });
    expect((await h.heard()).map(({ code }) => code)).toEqual(['before']);

    // A word that is none changes nothing.
    mount({ messaging: 'pausd' });
    await h.send('d');
    await eventually(async () => (await waiting()) === 4, { what: 'four that wait' });
    expect(await turned(registry)).toBe('1');

    mount({ messaging: 'sending' });
    await h.hears(5);
    expect((await h.heard()).map(({ times }) => times)).toEqual([1, 1, 1, 1, 1]);
    expect(await turned(registry)).toBe('0');
  });
});
