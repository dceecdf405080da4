import type { Release } from './release';
import type { Report } from './report';

/** What each part works with. */
export interface Proof {
  report: Report;
  release: Release;
  /** What is installed: REPOSITORY:TAG, there already. */
  image: string;
  /** What it is upgraded from and rolled back to. */
  previous: string | undefined;
  k6: string;
  /** A till's export and its stores. */
  tickets: { sales: string; stores: string };
}
