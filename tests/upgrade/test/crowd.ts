import type { Shop } from './shop';

const HOME = `{ me { displayName points { available growth } tier { tier { name } next { tier { name } conditions { metric remaining } } }
  coupons { edges { node { template { name } status } } } unreadMessages } }`;

export interface Crowd {
  /** What was refused or broke; nobody comes to terms with it. */
  readonly failed: string[];
  readonly visits: () => number;
  /** The last visits are ended. */
  leave(): Promise<void>;
}

/** People who come all the time, one after the other at each of some doors, while the graph is changed below them. */
export function startCrowd(shop: Shop, members: readonly string[], doors: number): Crowd {
  const failed: string[] = [];
  let open = true;
  let visits = 0;

  const STORIES: ((key: string, memberId: string) => Promise<unknown>)[] = [
    async (_, memberId) => (await shop.member(memberId)).ask(HOME),
    async (key, memberId) => {
      const first = await shop.sell(key, memberId, shop.lines('1.00'));
      const again = await shop.sell(key, memberId, shop.lines('1.00'));
      if (again.id !== first.id || !again.duplicate) throw new Error('sold twice');
    },
    async (key, memberId) => shop.claim(key, await shop.member(memberId)),
    async (key, memberId) => {
      await shop.sell(key, memberId, shop.lines('2.00'));
      await shop.refund(`${key}-back`, key);
    },
    async (key, memberId) => {
      const checkoutId = await shop.reserve(key, shop.basket(memberId, ['1.00'], { couponIds: [] }), '1.00');
      await shop.sell(`${key}-paid`, memberId, shop.lines('1.00'), { checkoutId });
    },
    async (key) => shop.enrol(key, [`CARD-${key}`]),
  ];

  async function door(number: number): Promise<void> {
    for (let visit = 0; open; visit++) {
      const story = STORIES[visit % STORIES.length] as (typeof STORIES)[number];
      const memberId = members[(visit * doors + number) % members.length] as string;
      const at = new Date().toISOString();
      await story(`crowd-${number}-${visit}`, memberId).catch((error: unknown) =>
        failed.push(`${at} ${visit % STORIES.length} ${String(error)}`),
      );
      visits++;
      // They are people: the processors are for who starts meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const ended = Promise.all(Array.from({ length: doors }, (_, number) => door(number)));
  return {
    failed,
    visits: () => visits,
    async leave() {
      open = false;
      await ended;
    },
  };
}
