import { Refusal } from './refusal';

/** The media types in which answers leave, by the GraphQL-over-HTTP specification. */
export const GRAPHQL = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

export type MediaType = {
  contentType: string;
  /** A client that asks for application/json by name knows no statuses: request errors of GraphQL come with 200 there. */
  legacy: boolean;
};

type Range = { type: string; quality: number };

/** What the client likes best of the two; application/json for those who take anything. */
export function mediaTypeFor(accept: string | undefined): MediaType {
  if (accept === undefined || accept.trim() === '' || accept.trim() === '*/*') return answer(JSON_TYPE, false);
  const ranges = accept.split(',').map(rangeOf);
  const modern = qualityOf(GRAPHQL, ranges);
  const plain = qualityOf(JSON_TYPE, ranges);
  if (modern.quality <= 0 && plain.quality <= 0) {
    throw new Refusal(406, 'NOT_ACCEPTABLE', `Answers are ${GRAPHQL} or ${JSON_TYPE}.`);
  }
  // Of two that are liked as much, the one that was named wins over one that a wildcard lets in.
  const named = modern.named && (!plain.named || modern.quality >= plain.quality);
  if (modern.quality > plain.quality || named) return answer(GRAPHQL, false);
  return answer(JSON_TYPE, plain.named);
}

function answer(type: string, legacy: boolean): MediaType {
  return { contentType: `${type}; charset=utf-8`, legacy };
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, quality: Number.isNaN(value) ? 0 : value };
}

function qualityOf(type: string, ranges: Range[]): { quality: number; named: boolean } {
  const named = ranges.find((range) => range.type === type);
  if (named !== undefined) return { quality: named.quality, named: true };
  const wild = ranges.find((range) => range.type === 'application/*') ?? ranges.find((range) => range.type === '*/*');
  return { quality: wild?.quality ?? 0, named: false };
}
