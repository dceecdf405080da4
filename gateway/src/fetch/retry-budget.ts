const MOST = 10;
const EARNED = 0.1;

/** Second tries are for single mishaps: one for ten answers, ten in a row. In an outage they would be the double load. */
export class RetryBudget {
  private left = MOST;

  answered(): void {
    this.left = Math.min(MOST, this.left + EARNED);
  }

  spend(): boolean {
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}
