import { MembersMergedSchema, MessagingMergedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { inbox, joined, type Messaging, newId, points, publish, startMessaging } from './support';

let test: Messaging;
beforeAll(async () => {
  test = await startMessaging();
  await publish(test, {
    code: 'POINTS_EARNED',
    texts: [
      { locale: 'en', title: 'Points', body: '{points}' },
      { locale: 'zh-CN', title: '积分', body: '{points}' },
    ],
  });
  await test.settled();
});
afterAll(() => test.end());

it('what is for a merged member is for the survivor, in the survivor’s language; one inbox has both', async () => {
  const [stays, goes] = [await joined(test, 'zh-CN'), await joined(test, 'en')];
  await test.settled();
  await points(test, goes, { purchaseId: newId() });
  await test.settled();
  const mergeId = naturalId('test-merge', stays, goes);
  const merge = () =>
    test.deliver(
      MembersMergedSchema,
      { mergeId, survivorId: stays, loserId: goes, occurredAt: test.clock.now().toISOString() },
      { aggregateId: mergeId, ownerId: goes, occurredAt: test.clock.now() },
    );
  await merge();
  await merge();
  await test.settled();
  expect((await test.published(MessagingMergedSchema)).map(({ survivorId }) => survivorId)).toContain(stays);
  await points(test, goes, { purchaseId: newId() });
  await test.settled();
  const titles = async (id: string) => (await inbox(test, id)).map(({ title }) => title).sort();
  expect(await titles(stays)).toEqual(['Points', '积分']);
});
