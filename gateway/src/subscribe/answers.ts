import { Refusal } from '../edge/refusal';

type Failed = { code: string; message: string; retryable: boolean };
type Body = { data?: unknown; errors?: { message: string; extensions?: { code?: string; retryable?: boolean } }[] };

/** What takes the right away that there was when the subscription began. */
const LOST_RIGHTS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

/**
 * What a client is sent for what was read: the answer as it is, an error in its place, or nothing. Throws what ends the
 * subscription. Most answers have no errors and are not looked into.
 */
export function answerTo(
  body: string,
  key: string,
  state: boolean,
  first: boolean,
): { outcome: 'delivered' | 'partial' | 'failed' | 'unseen'; text: string | undefined } {
  const text = body.trimEnd();
  const errors = text.startsWith('{"data":') ? undefined : errorsIn(text);
  const nothing = errors?.whole === true || isEmpty(text, key);
  if (!nothing) return { outcome: errors === undefined ? 'delivered' : 'partial', text };
  const [error] = errors?.list ?? [];
  if (error === undefined) {
    // Of single subjects the caller sees some and others not; one state is seen or it is not.
    if (state) throw new Refusal(404, 'NOT_FOUND', 'There is nothing of that id for this caller.');
    return { outcome: 'unseen', text: undefined };
  }
  const { code, message, retryable } = error;
  const goesOn = !first && (retryable || (errors?.whole !== true && !LOST_RIGHTS.has(code)));
  if (!goesOn) throw new Refusal(retryable ? 503 : 403, code, message, { retryable });
  return { outcome: 'failed', text: withoutData(text, key) };
}

function errorsIn(text: string): { whole: boolean; list: readonly Failed[] } {
  const { data, errors = [] } = JSON.parse(text) as Body;
  const list = errors.map(({ message, extensions: { code = 'INTERNAL', retryable = false } = {} }) => ({
    code,
    message,
    retryable,
  }));
  return { whole: data === undefined || data === null, list };
}

/** Whether the only field of the answer is null. */
function isEmpty(text: string, key: string): boolean {
  return text.endsWith(`{"${key}":null}}`);
}

/** A subscription's field is never null: without it there is no data. */
function withoutData(text: string, key: string): string {
  return isEmpty(text, key) ? `${text.slice(0, -`{"${key}":null}}`.length)}null}` : text;
}
