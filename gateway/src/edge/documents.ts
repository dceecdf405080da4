import { createHash } from 'node:crypto';
import type { Caller, Log } from '@atrium/platform/light';
import type { CountFamily } from '../observe/families';
import type { OperationRequest } from './operation-request';
import { Refusal } from './refusal';
import type { Safelist } from './safelist';

export type DocumentPolicy = {
  /** What may be executed: anything; anything, but say what is not listed; what is listed. */
  safelist: 'off' | 'audit' | 'enforce';
  /** Whether a verified caller may leave a text under its hash. */
  persistedQueries: boolean;
};

type Options = DocumentPolicy & {
  /** It may be another one at each request. */
  safelisted: () => Safelist;
  outcomes: CountFamily<'outcome'>;
  log: Log;
};

/** The text to execute for a request, or a refusal. */
export type ResolveDocument = (request: OperationRequest, caller: Caller) => string;

const KEPT_TEXTS = 1_000;
const KEPT_BYTES = 8 * 1024 * 1024;
/** Each unlisted document is logged once, as long as there are no more than this many. */
const LOGGED_HASHES = 10_000;

export function createDocuments({ safelist, persistedQueries, safelisted, outcomes, log }: Options): ResolveDocument {
  const kept = new KeptTexts(KEPT_TEXTS, KEPT_BYTES);
  const logged = new Set<string>();
  const listed = () => safelisted().texts;

  return (request, caller) => {
    if (request.query === undefined) return textOf(request.hash ?? '');
    const needsHash = request.hash !== undefined || safelist !== 'off';
    if (!needsHash) return request.query;
    const hash = createHash('sha256').update(request.query).digest('hex');
    if (request.hash !== undefined && request.hash !== hash) {
      throw new Refusal(400, 'BAD_REQUEST', 'The sha256Hash is not that of the query.');
    }
    if (safelist !== 'off') check(hash, request);
    // A text under a hash takes room: only somebody who can be named and limited may claim it.
    if (persistedQueries && request.hash !== undefined && caller.kind !== 'ANONYMOUS' && !listed().has(hash)) {
      kept.set(hash, request.query);
    }
    return request.query;
  };

  function textOf(hash: string): string {
    const text = listed().get(hash) ?? (safelist === 'enforce' ? undefined : kept.get(hash));
    if (text !== undefined) {
      outcomes.inc({ outcome: listed().has(hash) ? 'listed' : 'persisted' });
      return text;
    }
    outcomes.inc({ outcome: 'unknown' });
    // By the protocol of persisted queries: 200, and these words; the client sends the text then.
    throw persistedQueries || listed().size > 0
      ? new Refusal(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
      : new Refusal(200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }

  function check(hash: string, { query, operationName }: OperationRequest): void {
    if (listed().has(hash)) {
      outcomes.inc({ outcome: 'listed' });
      return;
    }
    outcomes.inc({ outcome: safelist === 'enforce' ? 'refused' : 'unlisted' });
    if (!logged.has(hash) && logged.size < LOGGED_HASHES) {
      logged.add(hash);
      log.warn({ operation: nameOf(query ?? '', operationName), hash }, 'operation is not on the safelist');
    }
    if (safelist === 'enforce') {
      throw new Refusal(403, 'OPERATION_NOT_LISTED', 'Only operations of the safelist are executed here.');
    }
  }
}

/** The first operation's own name: the caller's `operationName` could be any text. */
function nameOf(text: string, wanted: string | undefined): string {
  const names = [...text.matchAll(/(?:query|mutation|subscription)\s+([_A-Za-z]\w{0,99})/g)].map(([, name]) => name);
  return names.find((name) => name === wanted) ?? names[0] ?? 'anonymous';
}

/** Least recently used out first, bounded by number and by size. */
class KeptTexts {
  private readonly texts = new Map<string, string>();
  private bytes = 0;

  constructor(
    private readonly most: number,
    private readonly mostBytes: number,
  ) {}

  get(hash: string): string | undefined {
    const text = this.texts.get(hash);
    if (text === undefined) return undefined;
    this.texts.delete(hash);
    this.texts.set(hash, text);
    return text;
  }

  set(hash: string, text: string): void {
    if (this.get(hash) !== undefined) return;
    this.texts.set(hash, text);
    this.bytes += text.length;
    for (const [oldest, old] of this.texts) {
      if (this.texts.size <= this.most && this.bytes <= this.mostBytes) return;
      this.texts.delete(oldest);
      this.bytes -= old.length;
    }
  }
}
