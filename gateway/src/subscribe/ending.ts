import { asRefusal, Refusal } from '../edge/refusal';

/** Why a subscription ended; a label of a metric. */
export type Reason =
  'client' | 'token' | 'refused' | 'overflow' | 'slow' | 'broker' | 'lifetime' | 'drain' | 'idle' | 'failed';

/** `again`: nothing is wrong with it, the client is to open it anew (here or elsewhere) and to read again. */
export class Ending extends Error {
  constructor(
    readonly reason: Reason,
    readonly again: boolean,
    readonly refusal: Refusal,
    /** What nobody has foreseen. */
    override readonly cause?: unknown,
  ) {
    super(refusal.message);
  }
}

const AGAIN = {
  client: 'The client has ended it.',
  overflow: 'More happened than this subscription can hold. Open it again and read what there is.',
  slow: 'The client does not read. Open it again and read what there is.',
  broker: 'Changes could not be heard for a while. Open it again and read what there is.',
  lifetime: 'The subscription has lasted long enough. Open it again.',
  drain: 'This gateway is stopping. Open it again.',
  idle: 'Nothing is subscribed to on this connection.',
} as const;

export function again(reason: keyof typeof AGAIN): Ending {
  return new Ending(reason, true, new Refusal(503, 'UNAVAILABLE', AGAIN[reason], { retryable: true }));
}

/** Its token was good when it began: with a fresh one it may go on. */
export function endingOfBegun(error: unknown): Ending {
  const ending = endingOf(error);
  if (ending.reason !== 'token') return ending;
  const { status, code, message, extra } = ending.refusal;
  return new Ending('token', false, new Refusal(status, code, message, { ...extra, retryable: true }));
}

/** For good: as the refusal says. */
export function endingOf(error: unknown): Ending {
  if (error instanceof Ending) return error;
  const refusal = asRefusal(error);
  if (refusal === undefined) {
    const message = 'Something went wrong on our side. The requestId helps us to find it.';
    return new Ending('failed', false, new Refusal(500, 'INTERNAL', message, { retryable: false }), error);
  }
  return new Ending(refusal.code === 'UNAUTHENTICATED' ? 'token' : 'refused', false, refusal);
}
