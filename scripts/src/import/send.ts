import type { GraphQLClient } from '@atrium/platform/operator';
import type { KnownStore } from './organisation';
import type { Ticket } from './tickets';

const RECORD = `mutation ($input: RecordPurchasesInput!) { results: recordPurchases(input: $input) {
  __typename ... on UserError { message } ... on RecordPurchaseSuccess { duplicate } ... on InvalidInputError { path } } }`;

export interface SendResult {
  recorded: number;
  duplicates: number;
  refused: { ticket: Ticket; reason: string }[];
}

interface Answer {
  results: { __typename: string; message?: string; duplicate?: boolean; path?: string[] }[];
}

const TRIES = 8;

/** Sends one batch; tries again when the graph is away, which is safe: a sale that was recorded answers as a duplicate. */
export async function sendBatch(
  client: () => Promise<GraphQLClient>,
  batch: readonly Ticket[],
  context: { source: string; currency: string; stores: Map<string, KnownStore>; members: Map<string, string> },
): Promise<SendResult> {
  const amount = (value: string) => ({ amount: value, currency: context.currency });
  const purchases = batch.map((ticket) => {
    const memberId = ticket.cardNo === null ? undefined : context.members.get(ticket.cardNo);
    return {
      sourceSystem: context.source,
      externalId: ticket.ticketNo,
      storeId: context.stores.get(ticket.storeCode)?.id,
      occurredAt: ticket.occurredAt,
      member: memberId ? { memberId } : ticket.cardNo ? { identifier: { type: 'CARD', value: ticket.cardNo } } : null,
      lines: ticket.lines.map((line) => ({
        lineNo: line.lineNo,
        sku: line.sku,
        category: line.category,
        quantity: line.quantity,
        gross: amount(line.gross),
        discount: amount(line.discount),
      })),
    };
  });
  for (let attempt = 1; ; attempt++) {
    const outcome = await (
      await client()
    )
      .send<Answer>(RECORD, { input: { purchases } })
      .catch((error: unknown) => ({ failure: error }));
    if (!('failure' in outcome) && outcome.data && outcome.errors.length === 0) return sort(batch, outcome.data);
    const retryable =
      'failure' in outcome ||
      outcome.errors.some(
        ({ extensions }) => extensions?.['code'] === 'UNAVAILABLE' || extensions?.['code'] === 'TIMEOUT',
      );
    if (!retryable || attempt === TRIES) {
      throw new Error(
        `recordPurchases failed: ${'failure' in outcome ? String(outcome.failure) : JSON.stringify(outcome.errors)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** Math.min(attempt, 5)));
  }
}

function sort(batch: readonly Ticket[], { results }: Answer): SendResult {
  const done: SendResult = { recorded: 0, duplicates: 0, refused: [] };
  batch.forEach((ticket, i) => {
    const result = results[i];
    if (result?.__typename === 'RecordPurchaseSuccess') {
      if (result.duplicate) done.duplicates++;
      else done.recorded++;
    } else {
      const where = result?.path?.length ? ` (${result.path.join('.')})` : '';
      done.refused.push({ ticket, reason: `${result?.__typename}: ${result?.message}${where}` });
    }
  });
  return done;
}
