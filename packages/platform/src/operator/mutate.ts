import type { GraphQLClient } from './graphql-client';

export interface Refusal {
  __typename: string;
  code: string;
  /** The error's `message`; a success may have a field of that name. */
  refusal: string;
  remedy: string | null;
}

export type Outcome<T> = ({ __typename: string } & T) | Refusal;

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * Sends one mutation by its conventions: `<name>(input: <Name>Input!)` answers `<Name>Success` with the fields of `select`, or
 * a refusal. `more` adds fragments on refusals with fields of their own.
 */
export async function mutate<T extends object>(
  client: GraphQLClient,
  name: string,
  input: object,
  select: string,
  options: { success?: string; more?: string } = {},
): Promise<Outcome<T>> {
  const type = capital(name);
  const document = `mutation ${type}($input: ${type}Input!) {
    result: ${name}(input: $input) {
      __typename
      ... on UserError { code refusal: message remedy }
      ... on ${options.success ?? `${type}Success`} { ${select} }
      ${options.more ?? ''}
    }
  }`;
  const { result } = await client.ask<{ result: Outcome<T> }>(document, { input });
  return result;
}

/** Like `mutate`, for those who expect no refusal. What another service has to hear of first is tried again for a while. */
export async function mustMutate<T extends object>(
  client: GraphQLClient,
  name: string,
  input: object,
  select: string,
  options: { success?: string; more?: string } = {},
): Promise<T> {
  const success = options.success ?? `${capital(name)}Success`;
  const deadline = Date.now() + 10_000;
  for (;;) {
    const result = await mutate<T>(client, name, input, select, options);
    if (result.__typename === success) return result as T;
    const unheard = result.__typename === 'NotFoundError' || result.__typename === 'InvalidInputError';
    if (!unheard || Date.now() > deadline) throw new Error(`${name}: ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
