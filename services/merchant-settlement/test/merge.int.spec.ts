import {
  MemberIdentifierAddedSchema,
  MemberRegisteredSchema,
  MembersMergedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  SettlementMergedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { blindIndex } from '@atrium/platform';
import { TEST_GROUP } from '@atrium/testkit';
import { BLIND_INDEX_KEY, cny, record, refund, refundOf, sale, type Settlement, startSettlement } from './harness';

const id = (name: string) => naturalId('test-member', TEST_GROUP, name);
const [ann, ben, cat] = [id('ann'), id('ben'), id('cat')];
let s: Settlement;
beforeAll(async () => {
  s = await startSettlement();
  for (const member of [ann, ben, cat]) {
    await s.deliver(
      MemberRegisteredSchema,
      { memberId: member, joinedAt: '2026-01-01T00:00:00Z' },
      { aggregateId: member, occurredAt: s.clock.now() },
    );
  }
  const card = blindIndex(BLIND_INDEX_KEY, TEST_GROUP, 'CARD', 'BEN-1') ?? '';
  await s.deliver(
    MemberIdentifierAddedSchema,
    { memberId: ben, type: 1, blindIndex: card },
    { aggregateId: ben, occurredAt: new Date('2026-01-01T00:00:00Z') },
  );
  await s.settled();
});
afterAll(() => s?.end());

const merge = async (survivorId: string, loserId: string) => {
  const mergeId = naturalId('test-merge', survivorId, loserId);
  const message = { mergeId, survivorId, loserId, occurredAt: s.clock.now().toISOString() };
  const address = { aggregateId: mergeId, ownerId: loserId, occurredAt: s.clock.now() };
  for (let i = 0; i < 2; i++) await s.deliver(MembersMergedSchema, message, address);
  await s.settled();
};
const namedBy = async (externalId: string) =>
  (await s.published(PurchaseRecordedSchema)).find((fact) => fact.externalId === externalId)?.memberId;

it('a sale that names a merged member, by id or by card, is the survivor’s; what was recorded before keeps its name', async () => {
  await record(s, sale('m-before', { member: { memberId: ben }, paid: cny('100') }));
  await merge(ann, ben);
  expect((await s.published(SettlementMergedSchema))[0]).toMatchObject({ survivorId: ann, loserId: ben });
  const byCard = { member: { identifier: { type: 'CARD', value: 'BEN-1' } } };
  expect(await record(s, sale('m-id', { member: { memberId: ben } }))).toMatchObject({ duplicate: false });
  expect(await record(s, sale('m-card', byCard))).toMatchObject({ duplicate: false });
  expect([await namedBy('m-before'), await namedBy('m-id'), await namedBy('m-card')]).toEqual([ben, ann, ann]);
  // The same sale again is the same sale, whoever it names by now.
  expect(await record(s, sale('m-before', { member: { memberId: ben }, paid: cny('100') }))).toMatchObject({
    duplicate: true,
  });
  await refund(s, refundOf('m-back', 'm-before', { lines: [{ lineNo: 1, amount: cny('100.00') }] }));
  expect((await s.published(PurchaseRefundedSchema)).map(({ memberId }) => memberId)).toEqual([ben]);
});

it('the last of several merges is who is named', async () => {
  await merge(cat, ann);
  await record(s, sale('m-chain', { member: { memberId: ben } }));
  expect(await namedBy('m-chain')).toBe(cat);
});
