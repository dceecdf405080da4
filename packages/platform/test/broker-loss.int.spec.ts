import { republish } from '../src';
import { publishAll } from '../src';
import { Harness } from './support/harness';
import { fact, GROUP } from './support/tiny-service';

describe('a broker that lost its store', () => {
  let h: Harness;
  beforeAll(async () => {
    h = await Harness.start();
  });
  afterAll(() => h.end());

  it('gets its streams and consumers again, and a second publication is applied once', async () => {
    h.relay();
    h.consume();
    const facts = (name: string, n: number) => Array.from({ length: n }, (_, i) => fact(`${name}-${i}`));
    const start = new Date();
    await h.db.inTransaction(GROUP, (tx) => publishAll(tx, facts('taken', 1_500)));
    await h.hears(1_500);
    await h.published();
    await h.nats.restart({ wipe: true });
    await h.db.inTransaction(GROUP, (tx) => publishAll(tx, facts('later', 20)));
    await h.hears(1_520);

    expect(await republish(h.db, { from: new Date(Date.now() + 60_000) })).toBe(0);
    expect(await republish(h.db, { from: start, to: start })).toBe(0);
    expect(await republish(h.db, { from: start })).toBe(1_520);
    await h.published();
    // The 20 later ones the broker knows by their message ids; the others are back in the stream.
    expect((await h.bus.jsm.streams.info('SETTLEMENT')).state.messages).toBe(1_520);
    await h.db.inTransaction(GROUP, (tx) => publishAll(tx, facts('last', 1)));
    await h.hears(1_521);
    expect(await h.count('heard where times <> 1')).toBe(0);
    expect(await h.count('inbox')).toBe(1_521);
  });
});
