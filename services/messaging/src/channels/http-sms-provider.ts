import type { SmsOutcome, SmsProvider } from './sms-provider';

/** The connection was never made, so nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CODE = /^[A-Z0-9_.-]{1,40}$/;

/**
 * A provider with an HTTP interface: POST of {id, to, text, locale} as JSON, bearer token, the message's id as
 * Idempotency-Key. 2xx = accepted; 409 with code DUPLICATE = accepted before; 429 and 503 = not now; other 4xx = never;
 * everything else, a time-out before all, = unknown.
 */
export function httpSmsProvider(options: { url: string; token: string; timeoutMs: number }): SmsProvider {
  return {
    async send({ messageId, phone, text, locale }) {
      let response: Response;
      try {
        response = await fetch(options.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${options.token}`,
            'idempotency-key': messageId,
          },
          body: JSON.stringify({ id: messageId, to: phone, text, locale }),
          redirect: 'error',
          signal: AbortSignal.timeout(options.timeoutMs),
        });
      } catch (error) {
        const code = (error as { cause?: { code?: unknown } }).cause?.code;
        return typeof code === 'string' && NOT_CONNECTED.has(code)
          ? { kind: 'TRY_LATER', code: 'PROVIDER_AWAY' }
          : { kind: 'UNKNOWN', code: 'NO_ANSWER' };
      }
      return judge(response.status, await codeOf(response));
    },
  };
}

function judge(status: number, said: string | null): SmsOutcome {
  if (status >= 200 && status < 300) return { kind: 'ACCEPTED' };
  const code = said ?? `HTTP_${status}`;
  if (status === 409 && said === 'DUPLICATE') return { kind: 'ACCEPTED' };
  if (status === 429 || status === 503) return { kind: 'TRY_LATER', code };
  if (status === 408 || status >= 500) return { kind: 'UNKNOWN', code };
  return { kind: 'REFUSED', code };
}

/** The provider's own code, if it looks like one: a free text could carry the phone number into our tables. */
async function codeOf(response: Response): Promise<string | null> {
  try {
    const body: unknown = await response.json();
    const code = (body as { code?: unknown } | null)?.code;
    return typeof code === 'string' && CODE.test(code) && !/\d{7}/.test(code) ? code : null;
  } catch {
    return null;
  }
}
