// Merchants and stores by their codes.
import type { GraphQLClient } from '@atrium/platform/operator';

export interface Places {
  readonly merchants: number;
  /** `MALL/MERCHANT` -> id; a merchant's code alone where it is the only one. */
  merchant(code: string): string | null;
  /** `MALL/MERCHANT/STORE` or the store's code -> id. */
  store(code: string): string | null;
  /** Id -> its full code. */
  codeOf(id: string): string;
}

interface Node {
  id: string;
  code: string;
}
type Malls = (Node & { merchants: (Node & { stores: Node[] })[] })[];

export async function readPlaces(client: GraphQLClient): Promise<Places> {
  const { malls } = await client.ask<{ malls: Malls }>(
    '{ malls { id code merchants { id code stores { id code } } } }',
  );
  const merchants = malls.flatMap((mall) =>
    mall.merchants.map((merchant) => ({ ...merchant, path: `${mall.code}/${merchant.code}` })),
  );
  const stores = merchants.flatMap((merchant) =>
    merchant.stores.map((store) => ({ ...store, path: `${merchant.path}/${store.code}` })),
  );
  const paths = new Map([...merchants, ...stores].map(({ id, path }) => [id, path]));
  const find = (nodes: readonly (Node & { path: string })[], code: string): string | null => {
    const exact = nodes.find(({ path }) => path === code);
    const named = nodes.filter((node) => node.code === code);
    return exact?.id ?? (named.length === 1 ? (named[0]?.id ?? null) : null);
  };
  return {
    merchants: merchants.length,
    merchant: (code) => find(merchants, code),
    store: (code) => find(stores, code),
    codeOf: (id) => paths.get(id) ?? id,
  };
}
