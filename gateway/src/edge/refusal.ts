import { PublicError } from '@atrium/platform/light';

/** Refused by the edge, before a subgraph has seen anything. The only errors whose HTTP status is chosen here. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** More of the error's `extensions`: `max`, `cost`, `retryable`. */
    readonly extra: Record<string, unknown> = {},
    readonly headers: [string, string][] = [],
  ) {
    super(message);
  }
}

const STATUS: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 };

/** What a refusal looks like, or undefined for an error that is none. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof PublicError)) return undefined;
  const headers: [string, string][] =
    error.code === 'UNAUTHENTICATED' ? [['www-authenticate', 'Bearer error="invalid_token"']] : [];
  return new Refusal(STATUS[error.code] ?? 400, error.code, error.message, { retryable: error.retryable }, headers);
}

/** Better some are told at once to come again than all wait until their time is up. */
export function busy(): Refusal {
  const message = 'The graph is too busy just now.';
  return new Refusal(503, 'UNAVAILABLE', message, { retryable: true }, [['retry-after', '1']]);
}
