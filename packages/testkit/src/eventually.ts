export interface EventuallyOptions {
  /** What is waited for, for the failure text. */
  what: string;
  timeoutMs?: number;
  everyMs?: number;
}

/** Waits until `check` neither throws nor answers false or null, and answers its value. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { what, timeoutMs = 60_000, everyMs = 25 }: EventuallyOptions,
): Promise<Exclude<T, false | null>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  for (;;) {
    try {
      const value = await check();
      if (value !== false && value !== null) return value as Exclude<T, false | null>;
      last = new Error(`the check answered ${String(value)}`);
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) {
      const reason = last instanceof Error ? last.message : String(last);
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${reason}`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
