/** A wait that a signal can cut short. A signal that comes while nobody waits is kept for the next wait. */
export class Wakeup {
  private signalled = false;
  private readonly waiters = new Set<(forced: boolean) => void>();

  /** Ends the waits under way; `force` ends deaf ones too. */
  wake(force = false): void {
    if (this.waiters.size === 0) this.signalled = true;
    for (const finish of [...this.waiters]) finish(force);
  }

  /** Waits at most `ms`; a `deaf` wait is ended early only by force. */
  wait(ms: number, options: { deaf?: boolean } = {}): Promise<void> {
    if (this.signalled && !options.deaf) {
      this.signalled = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.waiters.delete(finish);
        resolve();
      };
      const finish = (forced: boolean) => {
        if (forced || !options.deaf) end();
      };
      const timer = setTimeout(end, ms);
      this.waiters.add(finish);
    });
  }
}
