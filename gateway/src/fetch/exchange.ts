import type { Dispatcher } from 'undici';

export type Exchange = {
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: string;
  timeoutMs: number;
  maxBytes: number;
};

export type Reply = { status: number; body: Buffer };

/** More than we are ready to hold in memory for one caller. It says nothing about the subgraph's health. */
export class AnswerTooLarge extends Error {}

export class NoAnswerInTime extends Error {
  constructor() {
    super('No answer in time');
  }
}

/** Of answers that are being received, all subgraphs together. Above, it is the large ones that are given up. */
const MOST_BYTES_UNDER_WAY = 134_217_728;
const LARGE_BYTES = 262_144;
let bytesUnderWay = 0;

/** One POST. Rejects when it is not answered whole, in time and within its size; then the connection is closed. */
export function exchange(
  dispatcher: Dispatcher,
  { path, headers, body, timeoutMs, maxBytes }: Exchange,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver(maxBytes, resolve, reject);
    receiver.within(timeoutMs);
    // Its own deadline is the only one: no timers of the pool beside it.
    dispatcher.dispatch({ path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 }, receiver);
  });
}

class Receiver implements Dispatcher.DispatchHandler {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private status = 0;
  private timer: NodeJS.Timeout | undefined;
  private abort: ((error?: Error) => void) | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly maxBytes: number,
    private readonly resolve: (reply: Reply) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  within(timeoutMs: number): void {
    this.timer = setTimeout(() => this.fail(new NoAnswerInTime()), timeoutMs);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    // Its time ran out while it waited for a connection.
    if (this.failure !== undefined) abort(this.failure);
  }

  onHeaders(status: number): boolean {
    this.status = status;
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.failure !== undefined) return true;
    this.bytes += chunk.length;
    bytesUnderWay += chunk.length;
    if (this.bytes > this.maxBytes) this.fail(new AnswerTooLarge(`Answered with more than ${this.maxBytes} bytes`));
    else if (this.bytes > LARGE_BYTES && bytesUnderWay > MOST_BYTES_UNDER_WAY)
      this.fail(new AnswerTooLarge('Too many large answers at a time'));
    else this.chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.over();
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks, this.bytes);
    this.resolve({ status: this.status, body });
  }

  onError(error: Error): void {
    this.forget();
    this.reject(this.failure ?? error);
  }

  private fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.forget();
    this.reject(error);
    this.abort?.(error);
  }

  private forget(): void {
    this.over();
    this.chunks.length = 0;
    this.bytes = 0;
  }

  private over(): void {
    clearTimeout(this.timer);
    bytesUnderWay -= this.bytes;
  }
}
