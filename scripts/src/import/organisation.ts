import { isTimeZone } from '@atrium/kernel';
import { type GraphQLClient, UsageError } from '@atrium/platform/operator';
import { readRows } from './tickets';

export interface StoreRow {
  store_code: string;
  mall: string;
  merchant: string;
}

export interface KnownStore {
  id: string;
  mallId: string;
  currency: string;
  timeZone: string;
}

interface MallsAnswer {
  malls: {
    id: string;
    code: string;
    currency: string;
    timeZone: string;
    merchants: { id: string; code: string; stores: { id: string; code: string }[] }[];
  }[];
}

const MALLS = '{ malls { id code currency timeZone merchants { id code stores { id code } } } }';

export async function readStores(file: string): Promise<StoreRow[]> {
  const rows: StoreRow[] = [];
  for await (const { line, row } of readRows(file, ['store_code', 'mall', 'merchant'] as const)) {
    if (!row || Object.values(row).some((value) => value === ''))
      throw new UsageError(`${file}, line ${line}: store_code, mall and merchant are all needed`);
    rows.push(row);
  }
  return rows;
}

/** The stores of a group by code; creates what the file names and the graph lacks, when told to. */
export async function ensureStores(
  client: GraphQLClient,
  rows: readonly StoreRow[],
  options: { create: boolean; zone: string; currency: string; source: string },
): Promise<Map<string, KnownStore>> {
  const read = async () => (await client.ask<MallsAnswer>(MALLS)).malls;
  let malls = await read();
  const known = () =>
    new Map(
      malls.flatMap((mall) =>
        mall.merchants.flatMap(({ stores }) =>
          stores.map(
            (store) =>
              [
                store.code,
                { id: store.id, mallId: mall.id, currency: mall.currency, timeZone: mall.timeZone },
              ] as const,
          ),
        ),
      ),
    );
  const missing = rows.filter((row) => !known().has(row.store_code));
  if (missing.length === 0) return known();
  if (!options.create) {
    throw new UsageError(
      `${missing.length} stores are not known, first ${missing[0]?.store_code}. Create them with --create-missing.`,
    );
  }
  if (!isTimeZone(options.zone))
    throw new UsageError(`--zone ${options.zone} is no IANA time zone, like America/New_York`);

  const create = async <T>(mutation: string, type: string, input: object): Promise<T> => {
    const document = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on UserError { message remedy } ... on ${type.replace(/Input$/, 'Success')} { node: ${mutation.replace(/^create/, '').toLowerCase()} { id } } } }`;
    const { result } = await client.ask<{ result: { message?: string; remedy?: string; node?: T } }>(document, {
      input,
    });
    if (!result.node) throw new UsageError(`${mutation}: ${result.message} ${result.remedy ?? ''}`);
    return result.node;
  };
  const key = (...parts: string[]) => [options.source, ...parts].join('/').slice(0, 120);
  for (const row of missing) {
    let mall = malls.find(({ code }) => code === row.mall);
    if (!mall) {
      const node = await create<{ id: string }>('createMall', 'CreateMallInput', {
        idempotencyKey: key('mall', row.mall),
        code: row.mall,
        name: row.mall,
        timeZone: options.zone,
        currency: options.currency,
      });
      mall = { id: node.id, code: row.mall, currency: options.currency, timeZone: options.zone, merchants: [] };
      malls.push(mall);
    }
    let merchant = mall.merchants.find(({ code }) => code === row.merchant);
    if (!merchant) {
      const node = await create<{ id: string }>('createMerchant', 'CreateMerchantInput', {
        idempotencyKey: key('merchant', row.mall, row.merchant),
        mallId: mall.id,
        code: row.merchant,
        name: `${row.mall} ${row.merchant}`,
      });
      merchant = { id: node.id, code: row.merchant, stores: [] };
      mall.merchants.push(merchant);
    }
    await create('createStore', 'CreateStoreInput', {
      idempotencyKey: key('store', row.store_code),
      merchantId: merchant.id,
      code: row.store_code,
      name: `Store ${row.store_code}`,
    });
  }
  malls = await read();
  return known();
}
