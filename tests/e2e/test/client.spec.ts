import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, dataOf, graphql, idempotencyKey, manifestOf, match } from '@atrium/client';
import { type GroupClients, groupIdOf, publishStoryProgramme } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { enrol, publishCoupon } from './world';

const Offers = graphql(`
  query Offers {
    couponOffers(first: 10) {
      edges {
        node {
          claimable
          template {
            id
            code
          }
        }
      }
    }
  }
`);
const Claim = graphql(`
  mutation Claim($input: ClaimCouponInput!) {
    claimCoupon(input: $input) {
      __typename
      ... on ClaimCouponSuccess {
        coupon {
          id
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`);
const Home = graphql(`
  query Home {
    me {
      points {
        available
      }
      coupons {
        edges {
          node {
            id
          }
        }
      }
    }
  }
`);

describe('the client of frontend teams', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-manifest-'));
  let graph: StoryGraph;
  let clients: GroupClients;
  let memberId: string;
  let client: Client;
  const sent: { query?: string }[] = [];

  beforeAll(async () => {
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, JSON.stringify(await manifestOf([Offers, Claim, Home])));
    graph = await startStoryGraph({ env: { SAFELIST: 'audit', SAFELIST_PATH: manifest } });
    clients = await graph.clients('STORY');
    await publishStoryProgramme(clients, 'STORY');
    await publishCoupon(clients.admin, 'CLIENT', { claimable: true });
    [memberId = ''] = await enrol(clients.service, ['8600000000000017']);
    await graph.settled();
    const token = await graph.token(memberId, { kind: 'MEMBER', group: groupIdOf('STORY'), member: memberId });
    client = createClient({
      url: graph.url,
      token: () => token,
      language: 'en',
      persisted: true,
      // However long the first of several takes on a slow machine.
      retry: { attempts: 1_000, maxMs: 500 },
      fetch: (url, init) => {
        sent.push(JSON.parse(String(init?.body)));
        return fetch(url, init);
      },
    });
  });
  afterAll(async () => {
    await graph?.end();
    rmSync(folder, { recursive: true });
  });

  it('claims a coupon once, whatever happens on the way, and handles every refusal', async () => {
    const { couponOffers } = dataOf(await client.query(Offers));
    const offer = couponOffers.edges.map(({ node }) => node).find(({ template }) => template.code === 'CLIENT');
    expect(offer?.claimable).toBe(true);

    const claim = async (key: string, templateId: string) => {
      const { claimCoupon } = dataOf(await client.mutate(Claim, { input: { idempotencyKey: key, templateId } }));
      return match(claimCoupon, {
        ClaimCouponSuccess: ({ coupon }) => coupon.id,
        CouponSoldOutError: ({ code }) => code,
        ClaimLimitReachedError: ({ code }) => code,
        NotEligibleError: ({ code }) => code,
        InsufficientPointsError: ({ code }) => code,
        NotFoundError: ({ code }) => code,
        IdempotencyConflictError: ({ code }) => code,
        InProgressError: ({ code }) => code,
      });
    };
    const key = idempotencyKey();
    const ids = await Promise.all(Array.from({ length: 5 }, () => claim(key, offer?.template.id ?? '')));
    expect(new Set(ids).size).toBe(1);
    const home = dataOf(await client.query(Home));
    expect(home.me?.coupons?.edges.map(({ node }) => node.id)).toEqual([ids[0]]);
    expect(await claim(key, memberId)).toBe('IDEMPOTENCY_CONFLICT');
    expect(await claim(idempotencyKey(), memberId)).toBe('NOT_FOUND');
  });

  it('sends hashes only: the gateway has the texts from the manifest', async () => {
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.filter(({ query }) => query !== undefined)).toEqual([]);
    const metrics = await (await fetch(new URL('/metrics', graph.url))).text();
    expect(metrics).toContain(`atrium_gateway_documents_total{outcome="listed"} ${sent.length}`);
  });

  it('shows what is there while a subgraph is away, and all of it again afterwards', async () => {
    await graph.kill('points');
    const partial = await client.query(Home);
    expect(partial).toMatchObject({ state: 'partial', errors: [{ code: 'UNAVAILABLE', serviceName: 'points' }] });
    expect(partial.requestId).toMatch(/^[0-9a-f-]{36}$/);
    await graph.start('points');
    expect((await client.query(Home)).state).toBe('complete');
  });

  it('survives a gateway that is started again: the mutation is sent until there is an answer', async () => {
    const { couponOffers } = dataOf(await client.query(Offers));
    const templateId = couponOffers.edges[0]?.node.template.id ?? '';
    const patient = createClient({
      url: graph.url,
      token: () => graph.token(memberId, { kind: 'MEMBER', group: groupIdOf('STORY'), member: memberId }),
      retry: { attempts: 1_000, baseMs: 200, maxMs: 500 },
    });
    await graph.kill('gateway');
    const key = idempotencyKey();
    const claiming = patient.mutate(Claim, { input: { idempotencyKey: key, templateId } });
    await graph.start('gateway');
    const first = dataOf(await claiming).claimCoupon;
    const again = dataOf(await patient.mutate(Claim, { input: { idempotencyKey: key, templateId } })).claimCoupon;
    expect(again).toEqual(first);
  });
});
