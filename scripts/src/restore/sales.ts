import {
  createOrganisation,
  eventually,
  type GraphQLClient,
  groupClients,
  type MallPlan,
  mustMutate,
  type SignToken,
} from '@atrium/testkit';
import { GROUP, MALLS } from '../demo/plan';
import { publishProgramme } from '../demo/seed';

export const CODE = 'DRILL';
const malls: MallPlan[] = MALLS.map((mall) => ({ ...mall, code: `drill-${mall.code}` }));

export interface Sale {
  input: object & { externalId: string };
  /** When the graph had said that it is recorded. */
  acknowledged: Date;
}

/** As tills do: says it again until there is an answer. Whether it was known already. */
const record = async (client: GraphQLClient, input: object): Promise<boolean> =>
  (
    await eventually(() => mustMutate<{ duplicate: boolean }>(client, 'recordPurchase', input, 'duplicate'), {
      what: 'a sale is recorded',
      timeoutMs: 300_000,
      everyMs: 500,
    })
  ).duplicate;

/** A shop that sells without a pause, and remembers what it was told. */
export class Shop {
  readonly sales: Sale[] = [];
  private members: string[] = [];
  private storeIds: string[] = [];

  constructor(private readonly sign: SignToken) {}

  private async client(url: string): Promise<GraphQLClient> {
    return (await groupClients(url, CODE, this.sign)).service;
  }

  /** Tiers, coupons, messages, and members who can be written to. */
  async open(url: string, members: number): Promise<void> {
    const clients = await groupClients(url, CODE, this.sign);
    const stores = await createOrganisation(clients, { ...GROUP, code: CODE, name: 'Restore drill' }, malls);
    await publishProgramme(clients, stores);
    this.storeIds = [...stores.values()].map(({ storeId }) => storeId);
    for (let at = 0; at < members; at++) {
      const { member } = await mustMutate<{ member: { id: string } }>(
        clients.service,
        'registerMember',
        {
          idempotencyKey: `drill:${at}`,
          phone: `+86139${String(10_000_000 + at)}`,
          displayName: `Member ${at}`,
          locale: 'en',
          marketingConsent: true,
          homeMallId: stores.values().next().value?.mallId,
        },
        'member { id }',
      );
      this.members.push(member.id);
    }
  }

  /** How many members have the name that they were registered with: nobody else has the key that opens it. */
  async readable(url: string): Promise<number> {
    const { admin } = await groupClients(url, CODE, this.sign);
    let count = 0;
    for (const [at, id] of this.members.entries()) {
      const document = 'query Name($id: ID!) { member(id: $id) { displayName } }';
      const { member } = await admin.ask<{ member: { displayName: string } | null }>(document, { id });
      if (member?.displayName === `Member ${at}`) count++;
    }
    return count;
  }

  /** One member after the other: a large sale that makes her silver (told by text message), and three small ones. */
  async sell(url: string, tills: number): Promise<void> {
    const client = await this.client(url);
    const queue = [...this.members.entries()];
    const till = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [at, memberId] = next;
        for (const [n, amount] of ['600.00', '31.00', '52.50', '73.10'].entries()) {
          const input = {
            sourceSystem: 'drill',
            externalId: `drill-${at}-${n}`,
            storeId: this.storeIds[at % this.storeIds.length],
            occurredAt: new Date().toISOString(),
            member: { memberId },
            lines: [
              { lineNo: 1, sku: 'A', category: 'FASHION', quantity: '1', gross: { amount, currency: GROUP.currency } },
            ],
          };
          await record(client, input);
          this.sales.push({ input, acknowledged: new Date() });
        }
      }
    };
    await Promise.all(Array.from({ length: tills }, till));
  }

  /** What a till does that has lost its connection: it says everything again. Returns how many were new. */
  async sayAgain(url: string): Promise<number> {
    const client = await this.client(url);
    let fresh = 0;
    for (const { input } of this.sales) {
      const duplicate = await record(client, input);
      if (!duplicate) fresh++;
    }
    return fresh;
  }
}
