// A member who is told of her sale and of its refund through one release's gateway, whoever states the events and answers behind it.
import { createSubscriber, graphql, type Update } from '@atrium/client';
import { eventually } from '@atrium/testkit';
import type { Release } from './releases';
import type { Shop } from './shop';
import type { SideBySide } from './side-by-side';

const WAIT_MS = 60_000;

const Points = graphql(`
  subscription HeardPoints {
    pointsChanged {
      id
      points {
        available
      }
    }
  }
`);
const Inbox = graphql(`
  subscription HeardInbox {
    inboxChanged {
      id
      unreadMessages
    }
  }
`);
const Sales = graphql(`
  subscription HeardSales {
    purchaseApplied {
      id
      points {
        earned
        reversed
      }
    }
  }
`);

/** What came last; null before anything has. */
function follow<T>(updates: AsyncGenerator<Update<T>>): () => T | null {
  let last: T | null = null;
  let failure: unknown;
  void (async () => {
    for await (const update of updates) if (update.state === 'complete') last = update.data;
  })().catch((error: unknown) => (failure = error));
  return () => {
    if (failure !== undefined) throw failure;
    return last;
  };
}

async function open(gateway: string, field: string): Promise<boolean> {
  const text = await (await fetch(new URL('/metrics', gateway))).text();
  return new RegExp(`atrium_gateway_subscriptions\\{field="${field}",transport="sse"\\} 1`).test(text);
}

/** Through the gateway of `release`; `name` is of this time alone. */
export async function hears(graph: SideBySide, shop: Shop, release: Release, name: string): Promise<void> {
  const key = `${name}-heard-${release}`;
  const [memberId = ''] = await shop.enrol(key, [`CARD-${key}`]);
  const url = graph.gatewayOf(release);
  const subscriber = createSubscriber({ transport: 'sse', url, token: () => graph.tokenOf(memberId) });
  try {
    const [points, inbox, sales] = [
      follow(subscriber.subscribe(Points, {})),
      follow(subscriber.subscribe(Inbox, {})),
      follow(subscriber.subscribe(Sales, {})),
    ];
    const available = () => points()?.pointsChanged.points?.available;
    const unread = () => inbox()?.inboxChanged.unreadMessages ?? -1;
    const until = (what: string, holds: () => boolean | Promise<boolean>) =>
      eventually(holds, { what: `the gateway ${release} tells ${what}`, timeoutMs: WAIT_MS });
    await until('what is so', async () => available() === '0' && unread() >= 0 && open(url, 'purchaseApplied'));

    const before = unread();
    const { id } = await shop.sell(key, memberId, shop.lines('100.00'));
    const applied = () => (sales()?.purchaseApplied.id === id ? sales()?.purchaseApplied.points : undefined);
    await until('the points of the sale', () => Number(available()) > 0);
    await until('the message', () => unread() > before);
    await until('the sale', () => Number(applied()?.earned) > 0 && applied()?.reversed === '0');
    const earned = applied()?.earned;
    const told = unread();
    await shop.refund(`${key}-back`, key);
    await until('what the refund left', () => available() === '0');
    await until('the message of the refund', () => unread() > told);
    await until('the sale as refunded', () => applied()?.reversed === earned);
  } finally {
    subscriber.close();
  }
}
