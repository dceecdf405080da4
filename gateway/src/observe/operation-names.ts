const MOST_LISTED = 500;
const MOST_EARNED = 50;
const EARNED_AFTER = 100;
const MOST_CANDIDATES = 1_000;
/** Short, and without what could be somebody's number. */
const PRESENTABLE = /^(?!\w*\d{4})[_A-Za-z]\w{0,63}$/;

/**
 * The names of operations that metrics may show. Clients choose names, so there is a bound: those on the safelist, and fifty
 * others that verified callers were answered a hundred times for. A name that was shown stays, so that its sums only grow.
 */
export class OperationNames {
  private readonly listed = new Set<string>();
  private readonly earned = new Set<string>();
  private readonly candidates = new Map<string, number>();

  list(names: Iterable<string>): void {
    for (const name of names) {
      if (this.listed.size >= MOST_LISTED) return;
      if (PRESENTABLE.test(name)) this.listed.add(name);
    }
  }

  /** `none`: refused before it was read; `unnamed`: it has no name. */
  labelOf(name: string | undefined): string {
    if (name === undefined) return 'none';
    if (name === '') return 'unnamed';
    return this.listed.has(name) || this.earned.has(name) ? name : 'other';
  }

  answered(name: string | undefined, verified: boolean): void {
    if (name === undefined || !verified || this.earned.size >= MOST_EARNED) return;
    if (this.listed.has(name) || this.earned.has(name) || !PRESENTABLE.test(name)) return;
    const times = (this.candidates.get(name) ?? 0) + 1;
    // Whoever sends a new name each time starts the count again for all, and wins nothing.
    if (this.candidates.size >= MOST_CANDIDATES) this.candidates.clear();
    if (times < EARNED_AFTER) {
      this.candidates.set(name, times);
      return;
    }
    this.candidates.delete(name);
    this.earned.add(name);
  }
}
