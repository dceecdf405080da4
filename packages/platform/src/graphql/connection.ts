import { isUuid } from '@atrium/kernel';
import { type ClassType, Directive, Field, ObjectType } from 'type-graphql';
import { PublicError } from '../auth/errors';
import { make } from './make';

@ObjectType({ description: 'Where a page of a list begins and ends, and whether there is more.' })
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage: boolean;

  @Field(() => Boolean)
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  startCursor: string | null;

  @Field(() => String, { nullable: true })
  endCursor: string | null;
}

export interface Edge<T> {
  cursor: string;
  node: T;
}

export interface Connection<T> {
  edges: Edge<T>[];
  pageInfo: PageInfo;
}

/** The edge and connection types of a node: `<name>Edge`, `<name>Connection`. */
export function connectionTypes<T extends object>(name: string, nodeType: () => ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: `A ${name} in a list, with its cursor.` })
  class EdgeType implements Edge<T> {
    @Field(() => String)
    cursor: string;

    @Field(() => nodeType())
    node: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name}s.` })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType])
    edges: EdgeType[];

    @Field(() => PageInfo)
    pageInfo: PageInfo;
  }

  return { Edge: EdgeType, Connection: ConnectionType };
}

/** A place in a list that is ordered by (time, id) within one owner. */
export interface Keyset {
  at: Date;
  id: string;
}

export interface Page {
  /** One more than asked for is read, to know whether there is more. */
  limit: number;
  first: number;
  after: Keyset | null;
}

const MAX_FIRST = 100;

export function pageOf(first: number, after?: string | null): Page {
  if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) {
    throw new PublicError('BAD_REQUEST', `\`first\` must be between 1 and ${MAX_FIRST}.`);
  }
  return { first, limit: first + 1, after: after ? decodeCursor(after) : null };
}

export const encodeCursor = ({ at, id }: Keyset): string =>
  Buffer.from(`${at.toISOString()}|${id}`).toString('base64url');

function decodeCursor(cursor: string): Keyset {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime()) || !isUuid(id)) {
    throw new PublicError('BAD_REQUEST', '`after` must be a cursor that an earlier page gave.');
  }
  return { at: instant, id };
}

/** Turns `page.limit` rows into a page of `page.first`. */
export function toConnection<R, T>(
  rows: readonly R[],
  page: Page,
  keyOf: (row: R) => Keyset,
  toNode: (row: R) => T,
): Connection<T> {
  const shown = rows.slice(0, page.first);
  const edges = shown.map((row) => ({ cursor: encodeCursor(keyOf(row)), node: toNode(row) }));
  return {
    edges,
    pageInfo: make(PageInfo, {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    }),
  };
}
