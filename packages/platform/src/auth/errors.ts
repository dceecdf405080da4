/** What a caller did wrong, or what is away: the only errors whose text may leave the process. */
export type PublicErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'ONLY_AT_HUB';

const RETRYABLE: ReadonlySet<PublicErrorCode> = new Set(['TIMEOUT', 'UNAVAILABLE']);

/**
 * Thrown at the doors. GraphQL copies `extensions` to the answer; whatever is not a PublicError is masked there.
 * The message is shown as it is: never put personal data or the caller's input into it.
 */
export class PublicError extends Error {
  override readonly name = 'PublicError';
  readonly extensions: { readonly code: PublicErrorCode; readonly retryable: boolean };

  constructor(
    readonly code: PublicErrorCode,
    message: string,
    readonly retryable: boolean = RETRYABLE.has(code),
  ) {
    super(message);
    this.extensions = { code, retryable };
  }
}
