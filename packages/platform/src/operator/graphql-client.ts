export interface GraphQLReply<T> {
  status: number;
  data: T | null;
  errors: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

export interface GraphQLClient {
  /** Data and errors as they came. */
  send<T = Record<string, unknown>>(document: string, variables?: object): Promise<GraphQLReply<T>>;
  /** The data; throws when there is any error. */
  ask<T = Record<string, unknown>>(document: string, variables?: object): Promise<T>;
}

/** A client for one caller; bigint variables go out as strings. */
export function graphqlClient(url: string, token?: string, headers: Record<string, string> = {}): GraphQLClient {
  const send = async <T>(document: string, variables: object = {}): Promise<GraphQLReply<T>> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query: document, variables }, (_, value) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
    });
    const text = await response.text();
    let body: { data?: T | null; errors?: GraphQLReply<T>['errors'] };
    try {
      body = JSON.parse(text);
    } catch (error) {
      throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`, { cause: error });
    }
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  };
  const ask = async <T>(document: string, variables?: object): Promise<T> => {
    const { data, errors, status } = await send<T>(document, variables);
    if (errors.length > 0 || data === null) throw new Error(`${url} answered ${status}: ${JSON.stringify(errors)}`);
    return data;
  };
  return { send, ask };
}
