/** How long the steps of a stop may take, each at the most. */
export const STOP = {
  /** It still answers when it is not ready any more. */
  delayMs: 10_000,
  /** What is under way then. */
  underWayMs: 15_000,
  /** Goodbye to the broker. */
  brokerMs: 2_000,
  /** Traces that are not sent yet. */
  tracesMs: 2_000,
  /** Everything else: pools, loops, what waits its turn. */
  restMs: 6_000,
} as const;

/** Then a process is ended anyway: below the least grace period that the charts take. */
export const WHOLE_STOP_MS = Object.values(STOP).reduce((sum, ms) => sum + ms, 0);
