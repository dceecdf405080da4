import { generateKeyPairSync, sign } from 'node:crypto';
import { PointsCreditedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { inFlight } from '@atrium/testkit';
import type { InteractionTerms } from '../src/programme/domain/terms';
import { proofText } from '../src/interactions/use-cases/record-interaction';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  member,
  memberId,
  organisation,
  programme,
  publishRules,
  register,
  type Service,
  start,
} from './support';

const signer = generateKeyPairSync('ed25519');
const proofKey = signer.publicKey.export({ format: 'jwk' }).x ?? '';
const plain: InteractionTerms = {
  names: { en: 'Sign in', 'zh-CN': '签到' },
  kind: 'SIGN_IN',
  points: 5n,
  growth: 1n,
  maxPerDay: 1,
  maxPerMember: null,
  proof: 'NONE',
  proofKey: null,
  streak: { days: 3, points: 20n },
};

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben', 'cat', 'dan');
  await service.settled();
  await programme(service);
  await rule('SIGN-IN', plain);
  await rule('SHARE', { ...plain, kind: 'SHARE', proof: 'REFERENCE', maxPerDay: 2, maxPerMember: 3, streak: null });
  await rule('SURVEY', { ...plain, kind: 'SURVEY', proof: 'SIGNED', proofKey, maxPerDay: null, streak: null });
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const rule = (code: string, { names, streak, ...terms }: InteractionTerms) =>
  publishRules(service, {
    code,
    effectiveFrom: '2026-01-01T00:00:00Z',
    interaction: {
      ...terms,
      names: Object.entries(names).map(([locale, name]) => ({ locale, name })),
      points: terms.points.toString(),
      growth: terms.growth.toString(),
      streak: streak && { days: streak.days, points: streak.points.toString() },
    },
  });

let keys = 0;
interface Outcome {
  __typename: string;
  code?: string;
  path?: string[];
  limit?: number;
  message?: string;
  interaction?: { points: string; growth: string; streak: number; businessDate: string };
  account?: { available: string; growth: string };
}
const witness = { kind: 'SERVICE', id: 'app', permissions: ['points:interact'] } as const;
async function record(caller: Parameters<Service['as']>[0], input: object): Promise<Outcome> {
  const { r } = await service.as(caller).ask<{ r: Outcome }>(
    `mutation($i: RecordInteractionInput!) { r: recordInteraction(input: $i) { __typename
       ... on RecordInteractionSuccess { interaction { points growth streak businessDate } account { available growth } }
       ... on UserError { code message } ... on InvalidInputError { path } ... on InteractionLimitReachedError { limit } } }`,
    { i: { idempotencyKey: `k${++keys}`, ...input } },
  );
  return r;
}

describe('signing in', () => {
  it('earns once a business day, more on the third day in a row, and growth with it', async () => {
    const first = await record(member('ann'), { code: 'SIGN-IN', idempotencyKey: 'ann-1' });
    expect(first).toMatchObject({
      interaction: { points: '5', growth: '1', streak: 1, businessDate: '2026-03-10' },
      account: { available: '5', growth: '1' },
    });
    expect(await record(member('ann'), { code: 'SIGN-IN', idempotencyKey: 'ann-1' })).toEqual(first);
    expect(await record(member('ann'), { code: 'SIGN-IN' })).toMatchObject({
      __typename: 'InteractionLimitReachedError',
      limit: 1,
    });
    // 02:00 of the 11th in Shanghai is still the 10th: days change at 04:00
    service.clock.set('2026-03-10T18:00:00Z');
    expect(await record(member('ann'), { code: 'SIGN-IN' })).toMatchObject({ code: 'INTERACTION_LIMIT_REACHED' });
    service.clock.set('2026-03-10T20:00:00Z');
    expect(await record(member('ann'), { code: 'SIGN-IN' })).toMatchObject({ interaction: { streak: 2, points: '5' } });
    service.clock.set('2026-03-12T04:00:00Z');
    const { interactionOffers } = await service
      .as(member('ann'))
      .ask(`{ interactionOffers { code name points doneToday streak } }`);
    expect(interactionOffers).toContainEqual({
      code: 'SIGN-IN',
      name: 'Sign in',
      points: '25',
      doneToday: 0,
      streak: 2,
    });
    expect(await record(member('ann'), { code: 'SIGN-IN' })).toMatchObject({
      interaction: { streak: 3, points: '25' },
    });
    expect(await balances(service, 'ann')).toMatchObject({ available: '35', growth: '3' });
    const stated = (await service.published(PointsCreditedSchema)).filter((m) => m.memberId === memberId('ann'));
    expect(stated.map(({ points, growth, sourceKind }) => [points, growth, sourceKind])).toEqual([
      [5n, 1n, 'INTERACTION'],
      [5n, 1n, 'INTERACTION'],
      [25n, 1n, 'INTERACTION'],
    ]);
    const { me } = await service
      .as(member('ann'))
      .ask<{ me: { points: { interactions: { edges: { node: { points: string } }[] } } } }>(
        `{ me { points { interactions(first: 2) { edges { node { points code } } } } } }`,
      );
    expect(me.points.interactions.edges.map(({ node }) => node.points)).toEqual(['25', '5']);
  });

  it('of a hundred at once counts one', async () => {
    const outcomes = await inFlight(
      20,
      Array.from({ length: 100 }, () => () => record(member('dan'), { code: 'SIGN-IN' })),
    );
    expect(outcomes.filter(({ interaction }) => interaction)).toHaveLength(1);
    expect(await balances(service, 'dan')).toMatchObject({ available: '5', growth: '1' });
  });
});

describe('proofs', () => {
  it('a reference counts once for ever, whoever brings it, and is not for the member to bring', async () => {
    const share = { code: 'SHARE', memberId: memberId('ben'), reference: 'share-1' };
    expect(await record(member('ben'), { ...share, memberId: undefined })).toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await record(witness, { ...share, reference: undefined })).toMatchObject({ path: ['reference'] });
    expect(await record(witness, share)).toMatchObject({ interaction: { points: '5' } });
    expect(await record(witness, share)).toMatchObject({ __typename: 'ReferenceAlreadyUsedError' });
    expect(await record(witness, { ...share, memberId: memberId('cat') })).toMatchObject({
      code: 'REFERENCE_ALREADY_USED',
    });
    expect(await record(witness, { ...share, reference: 'share-2' })).toMatchObject({ interaction: { points: '5' } });
    expect(await record(witness, { ...share, reference: 'share-3' })).toMatchObject({ limit: 2 });
    const yesterday = new Date(service.clock.now().getTime() - 86_400_000).toISOString();
    expect(await record(witness, { ...share, reference: 'share-4', occurredAt: yesterday })).toMatchObject({
      interaction: { points: '5' },
    });
    const before = new Date(service.clock.now().getTime() - 2 * 86_400_000).toISOString();
    expect(await record(witness, { ...share, reference: 'share-5', occurredAt: before })).toMatchObject({ limit: 3 });
  });

  it('a signature must be of the rule’s signer, over this member and reference', async () => {
    const text = (name: string, reference: string) =>
      proofText({ groupId: GROUP, code: 'SURVEY', memberId: memberId(name), reference });
    const signed = (name: string, reference: string, key = signer.privateKey) =>
      sign(null, Buffer.from(text(name, reference)), key).toString('base64url');
    const survey = { code: 'SURVEY', reference: 's-1' };
    expect(await record(member('cat'), survey)).toMatchObject({ path: ['signature'] });
    for (const signature of [
      signed('ben', 's-1'),
      signed('cat', 's-2'),
      signed('cat', 's-1', generateKeyPairSync('ed25519').privateKey),
      'nonsense',
    ]) {
      expect(await record(member('cat'), { ...survey, signature })).toMatchObject({ path: ['signature'] });
    }
    expect(await record(member('cat'), { ...survey, signature: signed('cat', 's-1') })).toMatchObject({
      interaction: { points: '5' },
    });
  });
});

it('refuses what is not there, not now, or not the caller’s to say', async () => {
  const ahead = new Date(service.clock.now().getTime() + 10 * 60_000).toISOString();
  expect(await record(member('cat'), { code: 'SIGN-IN', occurredAt: ahead })).toMatchObject({ path: ['occurredAt'] });
  expect(await record(member('cat'), { code: 'SIGN-IN', occurredAt: '2026-02-01T00:00:00Z' })).toMatchObject({
    message: expect.stringContaining('7 days'),
  });
  expect(await record(member('cat'), { code: 'NOTHING' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await record(member('cat'), { code: 'SIGN-IN', mallId: GROUP })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await record(witness, { code: 'SIGN-IN', memberId: naturalId('nobody') })).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await record(member('cat'), { code: 'SIGN-IN', idempotencyKey: 'same' })).toMatchObject({ interaction: {} });
  expect(await record(member('cat'), { code: 'SHARE', idempotencyKey: 'same' })).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
  await expect(record(member('cat'), { code: 'SIGN-IN', memberId: memberId('ben') })).rejects.toThrow(
    /points:interact/,
  );
  await expect(record({ ...witness, permissions: [] }, { code: 'SHARE', memberId: memberId('ben') })).rejects.toThrow(
    /points:interact/,
  );
  await expect(record(witness, { code: 'SIGN-IN' })).rejects.toThrow(/memberId/);
});
