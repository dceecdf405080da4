import { type DocumentNode, Kind, print } from 'graphql';

/** The text that is sent and hashed: printed, so that layout in the source changes nothing. */
export function textOf(document: object): string {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const text = print(document as DocumentNode);
  texts.set(document, text);
  return text;
}

/** sha256 of the text, in hexadecimal: the name of a persisted document. */
export function hashOf(document: object): Promise<string> {
  const known = hashes.get(document);
  if (known !== undefined) return known;
  const hash = sha256(textOf(document));
  hashes.set(document, hash);
  return hash;
}

const texts = new WeakMap<object, string>();
const hashes = new WeakMap<object, Promise<string>>();

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export interface Operation {
  name: string;
  type: 'query' | 'mutation' | 'subscription';
}

/** The one operation of a document. */
export function operationOf(document: object): Operation {
  const [operation, ...more] = (document as DocumentNode).definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined || more.length > 0) throw new Error('A document to send holds one operation');
  if (operation.name === undefined) throw new Error('An operation needs a name: metrics and the safelist go by it');
  return { name: operation.name.value, type: operation.operation };
}

/** The format of persisted query manifests that the ecosystem's tools write; the gateway's safelist reads it. */
export interface Manifest {
  format: 'apollo-persisted-query-manifest';
  version: 1;
  operations: { id: string; name: string; type: Operation['type']; body: string }[];
}

/** Fragments are left out: they are in the documents that spread them. */
export async function manifestOf(documents: Iterable<object>): Promise<Manifest> {
  const operations = new Map<string, Manifest['operations'][number]>();
  for (const document of documents) {
    if (!(document as DocumentNode).definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)) continue;
    const { name, type } = operationOf(document);
    const id = await hashOf(document);
    operations.set(id, { id, name, type, body: textOf(document) });
  }
  const sorted = [...operations.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  return { format: 'apollo-persisted-query-manifest', version: 1, operations: sorted };
}

/** The documents among what a module exports. */
export function documentsIn(exported: Record<string, unknown>): object[] {
  return Object.values(exported).filter(
    (value): value is object =>
      typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT,
  );
}
