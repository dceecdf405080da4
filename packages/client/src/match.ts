/** What a union of the graph looks like to TypeScript: one object type for each `__typename`. */
export type Member = { readonly __typename: string };

type Cases<T extends Member> = { [Name in T['__typename']]: (value: Extract<T, { __typename: Name }>) => unknown };

/**
 * Answers a result union: one case for each of its types. A type that the graph gains later has no case here, and the build
 * breaks where it should be handled. Cases for what is no longer in the union do not compile either.
 */
export function match<T extends Member, C extends Cases<T>>(
  value: T,
  cases: C & Record<Exclude<keyof C, T['__typename']>, never>,
): ReturnType<C[keyof C & T['__typename']]> {
  const handle = (cases as Record<string, ((value: T) => unknown) | undefined>)[value.__typename];
  if (handle === undefined) throw new UnknownType(value);
  return handle(value) as ReturnType<C[keyof C & T['__typename']]>;
}

/** The graph is newer than this build: it answered with a type that was not in the union when the client was built. */
export class UnknownType extends Error {
  override readonly name = 'UnknownType';

  constructor(readonly value: Member) {
    super(`The answer is a ${value.__typename}, which this build does not know`);
  }
}
