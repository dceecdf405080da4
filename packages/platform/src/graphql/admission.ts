export interface AdmissionLimits {
  /** Operations under way, at the most. */
  atOnce: number;
  /** How long one more waits in line. */
  waitMs: number;
}

interface Waiting {
  /** Whoever asked does not wait for an answer any more. */
  gone: () => boolean;
  admit: (admitted: boolean) => void;
}

/**
 * So many operations at a time, the others in line. When more comes than can be done, who has waited too long is told so while
 * there is time to ask again: served later, all would be served too late, and all work would be in vain.
 */
export class Admission {
  private underWay = 0;
  private readonly line = new Set<Waiting>();

  constructor(private readonly limits: AdmissionLimits) {}

  /** Whether it may begin; then `leave` ends it. */
  enter(gone: () => boolean): Promise<boolean> {
    if (this.underWay < this.limits.atOnce) {
      this.underWay++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const waiting: Waiting = {
        gone,
        admit: (admitted) => {
          clearTimeout(late);
          this.line.delete(waiting);
          resolve(admitted);
        },
      };
      const late = setTimeout(() => waiting.admit(false), this.limits.waitMs);
      this.line.add(waiting);
    });
  }

  /** The place goes to the first in line who is still there. */
  leave(): void {
    for (const first of this.line) {
      const there = !first.gone();
      first.admit(there);
      if (there) return;
    }
    this.underWay--;
  }
}
