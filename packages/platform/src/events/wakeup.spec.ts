import { Wakeup } from './wakeup';

const FOREVER = 1_000_000;
/** What has ended once everything that was due has run. */
const ended = (wait: Promise<void>) =>
  Promise.race([wait.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('Wakeup', () => {
  it('ends a wait by a signal, and keeps one that came before', async () => {
    const wakeup = new Wakeup();
    const wait = wakeup.wait(FOREVER);
    expect(await ended(wait)).toBe(false);
    wakeup.wake();
    expect(await ended(wait)).toBe(true);
    wakeup.wake();
    wakeup.wake();
    expect(await ended(wakeup.wait(FOREVER))).toBe(true);
    const next = wakeup.wait(FOREVER);
    expect(await ended(next)).toBe(false);
    wakeup.wake();
    await next;
  });

  it('ends a deaf wait by force or time only', async () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    const deaf = wakeup.wait(FOREVER, { deaf: true });
    wakeup.wake();
    expect(await ended(deaf)).toBe(false);
    wakeup.wake(true);
    expect(await ended(deaf)).toBe(true);
    await wakeup.wait(1, { deaf: true });
  });

  it('wakes everyone who waits', async () => {
    const wakeup = new Wakeup();
    const waits = [wakeup.wait(FOREVER), wakeup.wait(FOREVER)];
    wakeup.wake();
    await Promise.all(waits);
  });
});
