import { ContractPublishedSchema, OrgNodeRecordedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { TEST_GROUP } from '@atrium/testkit';
import {
  mallId,
  member,
  merchantId,
  otherMerchantId,
  service,
  type Settlement,
  startSettlement,
  storeId,
} from './harness';

describe('the organisation', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
  });
  afterAll(() => s?.end());

  const manager = (nodeId: string) => ({ kind: 'STAFF', id: 'm', grants: [{ role: 'mall-manager', nodeId }] }) as const;
  const createStore = async (caller: object, input: string) =>
    (
      await s.as(caller).ask<{
        createStore: {
          __typename: string;
          store?: { id: string; merchant: { mall: { code: string } } };
          path?: string[];
        };
      }>(`mutation { createStore(input: { ${input} }) { __typename ... on CreateStoreSuccess { store { id merchant { mall { code } } } } ... on InvalidInputError { path } } }`)
    ).createStore;

  it('grows below what is there, each node once', async () => {
    const input = `idempotencyKey: "a", merchantId: "${merchantId}", code: "150", name: "Bar"`;
    const id = naturalId('store', TEST_GROUP, '150');
    const success = { __typename: 'CreateStoreSuccess', store: { id, merchant: { mall: { code: 'north' } } } };
    expect(await createStore(manager(mallId), input)).toEqual(success);
    // the same key, and another key with the same content: the same store
    expect(await createStore(manager(mallId), input)).toEqual(success);
    expect(await createStore(manager(mallId), input.replace('"a"', '"b"'))).toEqual(success);
    expect(await createStore(manager(mallId), input.replace('Bar', 'Pub'))).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
    const other = `idempotencyKey: "c", merchantId: "${otherMerchantId}", code: "150", name: "Bar"`;
    expect(await createStore(manager(mallId), other)).toMatchObject({ __typename: 'CodeTakenError' });
    expect(
      await createStore(manager(mallId), `idempotencyKey: "d", merchantId: "${merchantId}", code: "a b", name: "x"`),
    ).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['code'],
    });
    // not the manager's mall, not the caller's group, not a merchant, no id at all
    const south = naturalId('mall', TEST_GROUP, 'south');
    for (const [caller, parent] of [
      [manager(south), merchantId],
      [{ ...service, groupId: naturalId('group', 'OTHER') }, merchantId],
      [service, mallId],
      [service, 'x'],
      [member, merchantId],
    ] as const) {
      const answer = await createStore(caller, `idempotencyKey: "e", merchantId: "${parent}", code: "151", name: "x"`);
      expect(answer).toMatchObject({ __typename: 'NotFoundError' });
    }
    const told = (await s.published(OrgNodeRecordedSchema)).filter(({ nodeId }) => nodeId === id);
    expect(told).toMatchObject([
      { path: [TEST_GROUP, mallId, merchantId, id], timeZone: 'Asia/Shanghai', currency: 'CNY', dayCutMinutes: 240 },
    ]);
  });

  it('makes only the group of the token', async () => {
    const create = (caller: object, code: string) =>
      s
        .as(caller)
        .send(
          `mutation { createMallGroup(input: { idempotencyKey: "${code}", code: "${code}", name: "x", timeZone: "Asia/Shanghai", currency: "CNY" }) { __typename } }`,
        );
    expect((await create(service, 'OTHER')).data).toEqual({ createMallGroup: { __typename: 'NotFoundError' } });
    const other = { ...service, groupId: naturalId('group', 'OTHER') };
    expect((await create(other, 'OTHER')).data).toEqual({ createMallGroup: { __typename: 'CreateMallGroupSuccess' } });
    expect((await create(manager(TEST_GROUP), 'TEST')).errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });

  it('keeps versions of terms', async () => {
    const publish = (caller: object, more: string) =>
      s.as(caller).ask<{ publishContract: { __typename: string; contract?: { version: number } } }>(
        `mutation { publishContract(input: { effectiveFrom: "2026-05-01T00:00:00Z", pointUnitValue: "0.01", pointPriceAtEarn: "0.009", couponShareBps: 0, ${more} }) {
          __typename ... on PublishContractSuccess { contract { version } } ... on InvalidInputError { path } } }`,
      );
    const both = await Promise.all(
      ['x', 'y'].map((key) =>
        publish(manager(mallId), `idempotencyKey: "${key}", merchantId: "${merchantId}", burnShareBps: 1`),
      ),
    );
    expect(both.map(({ publishContract }) => publishContract.contract?.version).sort()).toEqual([2, 3]);
    expect(await publish(manager(mallId), `idempotencyKey: "z", mallId: "${mallId}", burnShareBps: 0`)).toMatchObject({
      publishContract: { contract: { version: 1 } },
    });
    for (const [more, type] of [
      [`burnShareBps: 10001, mallId: "${mallId}"`, 'InvalidInputError'],
      [`burnShareBps: 1`, 'InvalidInputError'],
      [`burnShareBps: 1, merchantId: "${storeId}"`, 'NotFoundError'],
    ]) {
      expect(await publish(manager(mallId), `idempotencyKey: "w", ${more}`)).toMatchObject({
        publishContract: { __typename: type },
      });
    }
    const told = (await s.published(ContractPublishedSchema)).filter(({ merchantId: id }) => id === merchantId);
    expect(told.map(({ version }) => version)).toEqual([1n, 2n, 3n]);
  });

  it('is one tree to read', async () => {
    const { malls } = await s
      .as(member)
      .ask<{ malls: { code: string; merchants: { code: string; stores: { code: string }[] }[] }[] }>(
        `{ malls { code timeZone currency merchants { code stores { code } } } }`,
      );
    expect(malls.map(({ code }) => code)).toEqual(['north', 'south']);
    expect(malls[0]?.merchants.map(({ code, stores }) => [code, stores.map((x) => x.code)])).toEqual([
      ['m01', ['101', '150']],
      ['m02', ['102']],
    ]);
  });
});
