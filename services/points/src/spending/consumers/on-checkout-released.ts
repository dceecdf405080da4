import { CheckoutReleasedSchema } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { releasePoints } from '../use-cases/release-points';

export const onCheckoutReleased = consumer({
  name: 'points-on-checkout-released',
  event: CheckoutReleasedSchema,
  handle: async (tx, events) => {
    const commands = events.map(({ message: { checkoutId, memberId } }) => ({ checkoutId, memberId }));
    await releasePoints(
      tx,
      commands.filter(({ memberId }) => memberId !== ''),
    );
  },
});
