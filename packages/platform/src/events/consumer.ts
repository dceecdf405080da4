import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Tx } from '../database/database';
import type { Delivered } from './envelope';

/**
 * One subscription. `handle` gets the events of one tenant that this consumer has not seen yet, in stream order, in one
 * transaction with their inbox rows; it must give the same result whatever the batches, and do a fixed number of statements
 * for a batch.
 */
export interface Consumer<S extends DescMessage = DescMessage> {
  /** Of its durable, too. */
  name: string;
  event: S;
  /** The site whose stream it hears; none: the stream of the event. */
  site?: string;
  handle(tx: Tx, events: Delivered<MessageShape<S>>[]): Promise<void>;
}

/** Erases the event's type, so that consumers of different events fit in one list. */
export function consumer<S extends DescMessage>(definition: Consumer<S>): Consumer {
  return definition as unknown as Consumer;
}

/** Thrown by `handle`: what the event needs has not arrived yet. It is parked and tried again; its neighbours go on. */
export class MissingDependency extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'MissingDependency';
  }
}

/** Thrown by `handle`: whoever states this may not. It is set aside at once, as no later try would take it. */
export class NotTheirs extends Error {
  override readonly name = 'NotTheirs';
}
