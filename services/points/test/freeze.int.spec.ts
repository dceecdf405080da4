import { MemberFrozenSchema, MemberUnfrozenSchema } from '@atrium/contracts';
import type { Caller } from '@atrium/platform';
import {
  admin,
  balances,
  expectLedgerToBalance,
  GROUP,
  memberId,
  organisation,
  programme,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann', 'ben', 'cat');
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const AT = '2026-03-10T04:00:00.000Z';
const tell = (of: string, frozen: boolean, version: bigint, eventId?: string) =>
  service.deliver(
    frozen ? MemberFrozenSchema : MemberUnfrozenSchema,
    { memberId: memberId(of), version, reasonCode: 'FRAUD_SUSPECTED', actor: 'desk', occurredAt: AT },
    { aggregateId: memberId(of), version, occurredAt: new Date(AT), ...(eventId ? { eventId } : {}) },
  );
const sale = async (of: string, number: string) => {
  await sell(service, { number, of, lines: [10_000n], occurredAt: '2026-02-10T00:00:00.000Z' });
  await service.settled();
};
const frozen = async (of: string): Promise<boolean> => {
  const [row] = await service.admin.dataSource.query(`select frozen from account where member_id = $1`, [memberId(of)]);
  return row.frozen;
};

describe('a frozen member', () => {
  it('earns into pending, and has it when released', async () => {
    await tell('ann', true, 1n);
    await service.settled();
    await sale('ann', 'F1');
    expect(await balances(service, 'ann')).toMatchObject({ available: '0', pending: '100' });
    await tell('ann', false, 2n);
    await service.settled();
    expect(await balances(service, 'ann')).toMatchObject({ available: '100', pending: '0' });
  });

  it('is as the newest fact says, whatever comes first, twice or late', async () => {
    await tell('ben', false, 2n);
    await service.settled();
    const late = await tell('ben', true, 1n);
    await tell('ben', true, 1n, late);
    await service.settled();
    expect(await frozen('ben')).toBe(false);
    await tell('ben', true, 3n);
    await service.settled();
    await tell('ben', false, 2n);
    await service.settled();
    expect(await frozen('ben')).toBe(true);
    await sale('ben', 'F2');
    expect(await balances(service, 'ben')).toMatchObject({ available: '0', pending: '100' });
  });

  it('is audited with who and why', async () => {
    const auditor: Partial<Caller> = { kind: 'STAFF', id: 'audit', grants: [{ role: 'auditor', nodeId: GROUP }] };
    const { pointsAudit } = await service.as(auditor).ask<{ pointsAudit: unknown }>(
      `{ pointsAudit(memberId: "${memberId('ann')}") { edges { node {
           kind actor reasonCode actedAt changes { name before after } } } } }`,
    );
    expect(pointsAudit).toMatchObject({
      edges: [
        { node: { kind: 'UNFROZEN', actor: 'desk' } },
        {
          node: {
            kind: 'FROZEN',
            reasonCode: 'FRAUD_SUSPECTED',
            actedAt: AT,
            changes: [{ name: 'frozen', after: 'true' }],
          },
        },
      ],
    });
  });

  it('may still be corrected by staff', async () => {
    await sale('cat', 'F3');
    await tell('cat', true, 1n);
    await service.settled();
    const adjust = (amount: string, key: string) =>
      service.as(admin).ask<{ adjustPoints: unknown }>(
        `mutation($i: AdjustPointsInput!) { adjustPoints(input: $i) { __typename
           ... on AdjustPointsSuccess { account { available pending } } ... on UserError { code } } }`,
        { i: { idempotencyKey: key, memberId: memberId('cat'), amount, reason: 'correction' } },
      );
    expect(await adjust('-40', 'c1')).toEqual({
      adjustPoints: { __typename: 'AdjustPointsSuccess', account: { available: '60', pending: '0' } },
    });
    expect(await adjust('5', 'c2')).toMatchObject({ adjustPoints: { account: { available: '60', pending: '5' } } });
  });
});
