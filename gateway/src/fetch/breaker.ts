const FAILURES = 10;
const PAUSE_MS = 1_000;

/** Nobody is sent to a subgraph that has just failed everybody. */
export class CircuitOpen extends Error {
  constructor() {
    super('It failed too often; it is left alone for a moment');
  }
}

/** Opens after failures in a row with no answer between them; then one request at a time finds out whether it is back. */
export class Breaker {
  private failures = 0;
  private closedUntil = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Throws CircuitOpen. */
  enter(): void {
    if (this.failures < FAILURES) return;
    const at = this.now();
    if (at < this.closedUntil) throw new CircuitOpen();
    // This one tries; the next may when it has not come back by then.
    this.closedUntil = at + PAUSE_MS;
  }

  get open(): boolean {
    return this.failures >= FAILURES;
  }

  answered(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures++;
    if (this.failures >= FAILURES) this.closedUntil = this.now() + PAUSE_MS;
  }
}
