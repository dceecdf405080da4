import { PartnerPointsExchangedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { inFlight } from '@atrium/testkit';
import {
  admin,
  balances,
  expectLedgerToBalance,
  member,
  memberId,
  organisation,
  programme,
  register,
  type Service,
  start,
} from './support';

let service: Service;
let partnerId = '';
const connector = { kind: 'SERVICE', id: 'cloud', permissions: ['partner:exchange'] } as const;

let keys = 0;
const key = () => ({ idempotencyKey: `k${++keys}` });
/** Whatever was asked for. */
type Answer = { readonly [field: string]: Answer };

/** What cannot be refused for its form. */
const PATH: Record<string, string> = { ReversePartnerExchangeInput: '' };
async function send(
  caller: Parameters<Service['as']>[0],
  mutation: string,
  type: string,
  input: object,
  fields: string,
): Promise<Answer> {
  const { r } = await service.as(caller).ask<{ r: Answer }>(
    `mutation($i: ${type}!) { r: ${mutation}(input: $i) { __typename ${fields}
       ... on UserError { code message } ${PATH[type] ?? '... on InvalidInputError { path }'} } }`,
    { i: input },
  );
  return r;
}
const EXCHANGED = `... on ExchangePartnerPointsSuccess { duplicate account { available debt }
    exchange { id points units status price { amount currency } } }
  ... on ExchangeLimitError { limit } ... on InsufficientPointsError { available requested }`;
const exchange = (input: object, caller: Parameters<Service['as']>[0] = connector): Promise<Answer> =>
  send(
    caller,
    'exchangePartnerPoints',
    'ExchangePartnerPointsInput',
    { partnerId, direction: 'ISSUE', ...input },
    EXCHANGED,
  );
const reverse = (externalId: string, more: object = {}): Promise<Answer> =>
  send(
    connector,
    'reversePartnerExchange',
    'ReversePartnerExchangeInput',
    { ...key(), partnerId, externalId, ...more },
    '... on ReversePartnerExchangeSuccess { exchange { status } }',
  );
const rate = (input: object, caller: Parameters<Service['as']>[0] = admin): Promise<Answer> =>
  send(
    caller,
    'publishPartnerRate',
    'PublishPartnerRateInput',
    { ...key(), partnerId, currency: 'CNY', effectiveFrom: '2026-01-01T00:00:00Z', ...input },
    '... on PublishPartnerRateSuccess { rate { id version } }',
  );
const registerPartner = (input: object, caller: Parameters<Service['as']>[0] = admin): Promise<Answer> =>
  send(
    caller,
    'registerPartner',
    'RegisterPartnerInput',
    { ...key(), ...input },
    '... on PartnerSuccess { partner { id status } }',
  );

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben', 'cat', 'dan', 'eve');
  await service.settled();
  await programme(service);
  partnerId = String((await registerPartner({ code: 'MILES', name: 'Miles' }))['partner']?.['id']);
  // 1 mile is 0.4 points, for which the partner pays 0.008 each; 0.5 points buy a mile, for 0.01 each
  const issue = { pointsPerUnit: '0.4', pricePerPoint: '0.008' };
  await rate({
    issue,
    burn: { pointsPerUnit: '0.5', pricePerPoint: '0.01' },
    minPoints: '10',
    maxPointsPerDay: '1000',
  });
  // dearer from 1 April on
  await rate({ issue: { ...issue, pointsPerUnit: '0.2' }, effectiveFrom: '2026-04-01T00:00:00Z' });
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

describe('units become points', () => {
  it('at the rate of the instant, once for each number, with a price for the partner', async () => {
    const input = { externalId: 'A-1', memberId: memberId('ann'), units: '300' };
    // 300 x 0.4 = 120; 120 x 0.008 = 0.96
    const first = await exchange(input);
    expect(first).toMatchObject({
      duplicate: false,
      account: { available: '120' },
      exchange: { points: '120', units: '300', status: 'POSTED', price: { amount: '0.96', currency: 'CNY' } },
    });
    expect(await exchange(input)).toEqual({ ...first, duplicate: true });
    expect(await exchange({ ...input, units: '301' })).toMatchObject({ __typename: 'PartnerExchangeConflictError' });
    expect(await exchange({ ...input, memberId: memberId('ben') })).toMatchObject({
      code: 'PARTNER_EXCHANGE_CONFLICT',
    });
    const [stated] = await service.published(PartnerPointsExchangedSchema);
    expect(stated).toMatchObject({ direction: 'ISSUE', units: 300n, points: 120n, priceMinor: 96n, reversed: false });
    const { me } = await service.as(member('ann')).ask<Answer>(
      `{ me { points { exchanges { edges { node { externalId direction } } }
           entries(first: 1) { edges { node { kind explanation { code text } } } } } } }`,
    );
    expect(me?.['points']?.['exchanges']?.['edges']).toEqual([{ node: { externalId: 'A-1', direction: 'ISSUE' } }]);
    expect(me?.['points']?.['entries']?.['edges']?.[0]?.['node']).toMatchObject({
      kind: 'EARN',
      explanation: [{ code: 'EXCHANGED', text: '120 points for 300 units of the partner.' }],
    });
  });

  it('within the limits of the rate', async () => {
    const input = { memberId: memberId('ben') };
    expect(await exchange({ ...input, externalId: 'B-1', units: '24' })).toMatchObject({
      code: 'EXCHANGE_BELOW_MINIMUM',
      limit: '10',
    });
    expect(await exchange({ ...input, externalId: 'B-2', units: '2400' })).toMatchObject({
      exchange: { points: '960' },
    });
    expect(await exchange({ ...input, externalId: 'B-3', units: '125' })).toMatchObject({
      code: 'EXCHANGE_LIMIT_REACHED',
      limit: '1000',
    });
  });

  it('of fifty equal submissions at once one counts', async () => {
    const input = { externalId: 'D-1', memberId: memberId('dan'), units: '100' };
    const all = await inFlight(
      25,
      Array.from({ length: 50 }, () => () => exchange(input)),
    );
    expect(all.filter((one) => (one['duplicate'] as unknown) === false)).toHaveLength(1);
    expect(await balances(service, 'dan')).toMatchObject({ available: '40' });
  });

  it('undone, also when they were spent: then the member owes them', async () => {
    await exchange({ externalId: 'C-1', memberId: memberId('cat'), units: '500' });
    // 300 x 0.5 = 150 of the 200
    expect(
      await exchange({ externalId: 'C-2', memberId: memberId('cat'), units: '300', direction: 'BURN' }),
    ).toMatchObject({ exchange: { points: '150', price: { amount: '1.50' } }, account: { available: '50' } });
    expect(await reverse('C-1', { idempotencyKey: 'c1' })).toMatchObject({ exchange: { status: 'REVERSED' } });
    expect(await reverse('C-1', { idempotencyKey: 'c1' })).toMatchObject({ exchange: { status: 'REVERSED' } });
    expect(await reverse('C-1')).toMatchObject({ exchange: { status: 'REVERSED' } });
    expect(await balances(service, 'cat')).toMatchObject({ available: '0', debt: '150' });
    expect(
      await exchange({ externalId: 'C-3', memberId: memberId('cat'), units: '100', direction: 'BURN' }),
    ).toMatchObject({ __typename: 'NotEligibleError', code: 'POINTS_IN_DEBT' });
    // what the partner gives back pays the debt
    expect(await reverse('C-2')).toMatchObject({ exchange: { status: 'REVERSED' } });
    expect(await balances(service, 'cat')).toMatchObject({ available: '0', debt: '0' });
    const undone = (await service.published(PartnerPointsExchangedSchema)).filter(
      (m) => m.memberId === memberId('cat') && m.reversed,
    );
    expect(undone.map(({ direction, debt }) => [direction, debt])).toEqual([
      ['ISSUE', 150n],
      ['BURN', 0n],
    ]);
  });
});

it('refuses what is not there, not possible, or not the caller’s', async () => {
  const input = { externalId: 'E-1', memberId: memberId('eve'), units: '100' };
  expect(await exchange({ ...input, direction: 'BURN' })).toMatchObject({
    code: 'INSUFFICIENT_POINTS',
    requested: '50',
  });
  expect(await exchange({ ...input, partnerId: naturalId('nobody') })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await exchange({ ...input, memberId: naturalId('nobody') })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await exchange({ ...input, units: '0' })).toMatchObject({ path: ['units'] });
  expect(await exchange({ ...input, units: '9000000000000' })).toMatchObject({ path: ['units'] });
  expect(await exchange({ ...input, externalId: '' })).toMatchObject({ path: ['externalId'] });
  expect(await exchange({ ...input, occurredAt: '2027-01-01T00:00:00Z' })).toMatchObject({ path: ['occurredAt'] });
  expect(await exchange({ ...input, occurredAt: '2025-12-01T00:00:00Z' })).toMatchObject({
    __typename: 'PartnerNotExchangedError',
  });
  expect(await reverse('NOTHING')).toMatchObject({ code: 'NOT_FOUND' });
  await expect(exchange(input, member('eve'))).rejects.toThrow(/partner:exchange/);
  await expect(exchange(input, admin)).rejects.toThrow(/partner:exchange/);
  await expect(rate({}, connector)).rejects.toThrow(/partner:manage/);
  expect(await rate({})).toMatchObject({ path: ['issue'] });
  expect(await rate({ issue: { pointsPerUnit: '0', pricePerPoint: '1' } })).toMatchObject({
    path: ['issue', 'pointsPerUnit'],
  });
  expect(await rate({ burn: { pointsPerUnit: '1', pricePerPoint: '-1' } })).toMatchObject({
    path: ['burn', 'pricePerPoint'],
  });
  expect(await registerPartner({ code: 'MILES', name: 'Again' })).toMatchObject({ path: ['code'] });
  expect(await registerPartner({ code: 'miles', name: 'Small' })).toMatchObject({ path: ['code'] });
  expect(await registerPartner({ code: 'OTHER', name: ' ' })).toMatchObject({ path: ['name'] });
  const suspend = (suspended: boolean) =>
    send(
      admin,
      'suspendPartner',
      'SuspendPartnerInput',
      { ...key(), partnerId, suspended },
      '... on PartnerSuccess { partner { status } }',
    );
  expect(await suspend(true)).toMatchObject({ partner: { status: 'SUSPENDED' } });
  expect(await exchange(input)).toMatchObject({ code: 'PARTNER_NOT_EXCHANGED' });
  expect(await suspend(false)).toMatchObject({ partner: { status: 'ACTIVE' } });
  // 100 x 0.2, by the rate of April
  service.clock.set('2026-04-02T00:00:00Z');
  expect(await exchange(input)).toMatchObject({ exchange: { points: '20' } });
});
