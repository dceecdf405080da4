import { again, type Ending, endingOfBegun } from './ending';

/** What waits to be told by itself; more are too much to hold. */
const MOST_WAITING = 100;

export type News = { subject: string; traceparent: string | undefined };
/** The answer to send; undefined: nothing that this caller may see. Throws what ends the subscription. */
export type Read = (news: News, first: boolean) => Promise<string | undefined>;

/**
 * What one client has subscribed to. Nothing is read before the client has taken what came before, so one read is under way at
 * the most: of a state one more is due, however much has happened; of single subjects a limited number waits.
 */
export class Subscription {
  private readonly waiting = new Map<string, News>();
  private first: string | undefined;
  private ending: Ending | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly state: boolean,
    private readonly read: Read,
    private readonly closed: (ending: Ending) => void,
  ) {}

  /** Reads what there is to tell at once, so that whoever may not see it is refused at once. */
  async begin(subject: string): Promise<void> {
    this.first = await this.read({ subject, traceparent: undefined }, true);
  }

  heard(news: News): void {
    if (this.ending !== undefined) return;
    if (!this.waiting.has(news.subject) && this.waiting.size >= MOST_WAITING) return this.end(again('overflow'));
    this.waiting.set(news.subject, news); // once, however often it happened
    this.wake();
  }

  /** A state is read again; single subjects that were missed are known to nobody. */
  missed(subject: string): void {
    if (this.state) this.heard({ subject, traceparent: undefined });
    else this.end(again('broker'));
  }

  /** Whoever waits for the next answer gets the ending instead. */
  end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.waiting.clear();
    this.wake();
    this.closed(ending);
  }

  get ended(): boolean {
    return this.ending !== undefined;
  }

  /** The client wants no more. */
  close(): void {
    this.end(again('client'));
  }

  /** The next answer; throws the Ending. */
  async next(): Promise<string> {
    for (;;) {
      if (this.ending !== undefined) throw this.ending;
      if (this.first !== undefined) {
        const answer = this.first;
        this.first = undefined;
        return answer;
      }
      const [news] = this.waiting.values();
      if (news === undefined) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      this.waiting.delete(news.subject); // what happens while it is read is read again
      const answer = await this.answerTo(news);
      if (answer !== undefined && this.ending === undefined) return answer;
    }
  }

  /** Whoever ends it does not wait for what is being read. */
  private answerTo(news: News): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.wake = () => (this.ending === undefined ? undefined : resolve(undefined));
      this.read(news, false).then(resolve, (error: unknown) => this.end(endingOfBegun(error)));
    });
  }
}
