import type { IncomingMessage } from 'node:http';
import { BodyTooLarge, readBody } from './body';
import { Refusal } from './refusal';

/** What a client asks for, however it was sent. One of `query` and `hash` is there. */
export type OperationRequest = {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
  readonly extensions: Record<string, unknown> | undefined;
  /** sha256 of the document, in lower-case hexadecimal. */
  readonly hash: string | undefined;
};

/** A header that no form and no image can set: a browser asks the server first before it sends one elsewhere. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];
const SHA256 = /^[0-9a-f]{64}$/;

export async function readOperation(request: IncomingMessage, search: string, maxBytes: number) {
  switch (request.method) {
    case 'POST':
      return operationIn(await readJson(request, maxBytes));
    case 'GET':
      return operationIn(parametersOf(request, search));
    default:
      throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Use POST, or GET for queries.', {}, [['allow', 'GET, POST']]);
  }
}

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (!/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json in UTF-8.');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed.');
  }
  let text: string;
  try {
    text = (await readBody(request, maxBytes)).toString('utf8');
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw bad('The body did not arrive whole.');
    throw new Refusal(
      413,
      'BODY_TOO_LARGE',
      `The body is too large; ${maxBytes} bytes are allowed.`,
      { max: maxBytes },
      [['connection', 'close']],
    );
  }
  return parseJson(text, 'The body');
}

function parametersOf(request: IncomingMessage, search: string): unknown {
  const type = request.headers['content-type'];
  const preflighted = PREFLIGHT_HEADERS.some((name) => request.headers[name] !== undefined);
  if (!preflighted && !/^application\/json/i.test(type ?? '')) {
    throw bad('A GET needs the header apollo-require-preflight, so that no other site can send it.');
  }
  const parameters = new URLSearchParams(search);
  const json = (name: string) => {
    const text = parameters.get(name);
    return text === null ? undefined : parseJson(text, `The parameter ${name}`);
  };
  return {
    query: parameters.get('query') ?? undefined,
    operationName: parameters.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

/** Throws for anything else than one operation. */
export function operationIn(sent: unknown): OperationRequest {
  if (Array.isArray(sent)) throw bad('One operation a request: batches are not taken.');
  if (!isObject(sent)) throw bad('Send an object with a query.');
  const query = text(sent['query'], 'query');
  const operationName = text(sent['operationName'], 'operationName');
  const variables = object(sent['variables'], 'variables');
  const extensions = object(sent['extensions'], 'extensions');
  const hash = hashIn(extensions);
  if ((query === undefined || query === '') && hash === undefined) throw bad('Send a query.');
  return { query: query === '' ? undefined : query, operationName, variables, extensions, hash };
}

function hashIn(extensions: Record<string, unknown> | undefined): string | undefined {
  const persisted = extensions?.['persistedQuery'];
  if (persisted === undefined || persisted === null) return undefined;
  const hash = isObject(persisted) && persisted['version'] === 1 ? persisted['sha256Hash'] : undefined;
  if (typeof hash !== 'string' || !SHA256.test(hash)) {
    throw bad('extensions.persistedQuery needs version 1 and a sha256Hash of 64 hexadecimal digits.');
  }
  return hash;
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw bad(`${name} is a string.`);
  return value;
}

function object(value: unknown, name: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw bad(`${name} is an object.`);
  return value;
}

function parseJson(source: string, what: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw bad(`${what} is not JSON.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}
