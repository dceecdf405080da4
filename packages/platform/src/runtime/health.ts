export interface Health {
  ready(): Promise<{ ready: boolean; checks: Record<string, boolean> }>;
  /** From now on not ready: the first step of every shutdown. */
  drain(): void;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Readiness: every dependency has answered once, and no stop has begun. What is away later is said, and takes nobody out of service: all
 * replicas share it, so a slow database would become a graph that refuses connections. Liveness is another thing (the loop turns).
 */
export function createHealth(checks: Record<string, () => Promise<boolean>>): Health {
  let draining = false;
  let begun = false;
  return {
    async ready() {
      const names = Object.keys(checks);
      const results = await Promise.all(names.map((name) => within(checks[name] as () => Promise<boolean>)));
      const states = Object.fromEntries(names.map((name, i) => [name, results[i] === true]));
      begun ||= results.every(Boolean);
      return { ready: !draining && begun, checks: { ...states, accepting: !draining } };
    },
    drain() {
      draining = true;
    },
  };
}

async function within(check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().catch(() => false), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
