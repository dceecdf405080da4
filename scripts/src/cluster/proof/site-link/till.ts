import { setTimeout } from 'node:timers/promises';
import { createOrganisation, type GraphQLClient, groupClients, mustMutate, signCallerToken } from '@atrium/testkit';
import type { Attached } from '../attach';
import { SITE } from './install';

export const GROUP = 'LINE';

export interface Mall {
  storeId: string;
  members: string[];
}

/** By the same keys each time: a run that follows finds what the one before has made. */
export async function makeMall({ state, keys }: Attached): Promise<Mall> {
  const clients = await groupClients(state.gatewayUrl, GROUP, (subject, claim) =>
    signCallerToken(keys, subject, claim),
  );
  const place = { timeZone: 'Asia/Shanghai', currency: 'CNY' };
  const merchants = [{ code: 'm01', name: 'Cups', stores: [{ code: 'N-1', name: 'Cups, North' }] }];
  const stores = await createOrganisation(clients, { code: GROUP, name: 'Line', ...place }, [
    { code: SITE, name: 'North', ...place, merchants },
  ]);
  const effectiveFrom = '2020-01-01T00:00:00Z';
  const rule = { idempotencyKey: 'earn', code: 'BASE', effectiveFrom, earn: { rate: '1' } };
  await mustMutate(clients.admin, 'publishPointsRule', rule, '__typename');
  const cards = Array.from({ length: 20 }, (_, i) => `LINE-${i}`);
  type Enrolled = { members: { member: { id: string } }[] };
  const enrolled = await mustMutate<Enrolled>(
    clients.service,
    'enrolCards',
    { idempotencyKey: 'cards', cards },
    'members { member { id } }',
  );
  return { storeId: stores.get('N-1')?.storeId ?? '', members: enrolled.members.map(({ member }) => member.id) };
}

/** What a refund of this run is named by. */
export const REFUND = 'R-';

/** A till that does not stop: what was answered as recorded, or as given back, is kept. Its sales are named by the run. */
export function sell(till: GraphQLClient, run: string, { storeId, members }: Mall, rate: number) {
  let ended = false;
  const kept = new Set<string>();
  const returned = new Set<string>();
  const failed: string[] = [];
  let next = 0;
  const one = async () => {
    const number = `${run}-${next++}`;
    const memberId = members[next % members.length];
    const at = { sourceSystem: SITE, storeId, occurredAt: new Date().toISOString() };
    const amount = { amount: '10.00', currency: 'CNY' };
    const lines = [{ lineNo: 1, sku: 'cup', category: 'FOOD', quantity: '1', gross: amount }];
    try {
      await mustMutate(
        till,
        'recordPurchase',
        { ...at, externalId: number, member: { memberId }, lines },
        'purchase { id }',
      );
      kept.add(number);
      if (next % 20 === 0) returned.add(await giveBack(till, number, amount));
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  };
  const under = new Set<Promise<void>>();
  const loop = (async () => {
    while (!ended) {
      const work = one().finally(() => under.delete(work));
      under.add(work);
      await setTimeout(1000 / rate);
    }
    await Promise.all(under);
  })();
  return {
    kept,
    returned,
    failed,
    stop: async () => {
      ended = true;
      await loop;
    },
  };
}

/** Answers the refund's number. */
async function giveBack(till: GraphQLClient, sale: string, amount: object): Promise<string> {
  const externalId = `${REFUND}${sale}`;
  const at = { sourceSystem: SITE, purchaseExternalId: sale, occurredAt: new Date().toISOString() };
  await mustMutate(till, 'refundPurchase', { ...at, externalId, lines: [{ lineNo: 1, amount }] }, '__typename');
  return externalId;
}
