import type { Caller } from '@atrium/platform/light';
import type { RequestContext } from '../edge/request-context';

type Shared<T> = { until: number; result: Promise<T> };

/**
 * What is under way and would be done once more, word for word, for the same caller is done once: requests to a subgraph, and
 * whole queries. What makes them the same is all that an answer may depend on: operation, variables, caller, language. The
 * request's id and trace are not among it; they name the request that came first.
 */
export class Coalescing<T> {
  private readonly running = new Map<string, Shared<T>>();
  private readonly numbers = new WeakMap<Caller, number>();
  private callers = 0;

  constructor(private readonly onShared: () => void) {}

  /** `until` is when this caller's time is up: an answer that may come that much earlier or later is still its own. */
  share(what: string, context: RequestContext, until: number, slackMs: number, work: () => Promise<T>): Promise<T> {
    const key = `${this.numberOf(context.caller)} ${context.acceptLanguage ?? ''}\n${what}`;
    // What an event is read with begins after it: what is under way may not know of it yet.
    const known = context.subscription === 'event' ? undefined : this.running.get(key);
    if (known !== undefined && known.until >= until - slackMs) {
      this.onShared();
      return known.result;
    }
    const result = work();
    const shared = { until, result };
    this.running.set(key, shared);
    const over = () => {
      if (this.running.get(key) === shared) this.running.delete(key);
    };
    result.then(over, over);
    return result;
  }

  /** Something was changed: who asks from now on must not get what was read before. */
  forget(): void {
    this.running.clear();
  }

  /** The same object for as long as the verifier knows the token; ANONYMOUS is one for all. */
  private numberOf(caller: Caller): number {
    let number = this.numbers.get(caller);
    if (number === undefined) this.numbers.set(caller, (number = this.callers++));
    return number;
  }
}
