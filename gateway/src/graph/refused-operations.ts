import type { Refusal } from '../edge/refusal';

const REFUSED_MS = 300_000;
const MOST_REFUSED = 1_000;

/** Operations that were too much once: they are not tried again for a while. As many as that are remembered. */
export class RefusedOperations {
  private readonly known = new Map<string, { refusal: Refusal; until: number }>();

  find(key: string): Refusal | undefined {
    const entry = this.known.get(key);
    if (entry === undefined || entry.until > performance.now()) return entry?.refusal;
    this.known.delete(key);
    return undefined;
  }

  add(key: string, refusal: Refusal): void {
    this.known.set(key, { refusal, until: performance.now() + REFUSED_MS });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST_REFUSED) return;
      this.known.delete(oldest);
    }
  }
}
