import { createHash } from 'node:crypto';
import type { GraphQLClient } from '@atrium/platform/operator';
import { startProgress } from './progress';

const BATCH = 500;

const ENROL = `mutation ($input: EnrolCardsInput!) { result: enrolCards(input: $input) {
  __typename ... on UserError { message remedy }
  ... on EnrolCardsSuccess { members { cardNumber created member { id } } } } }`;

interface Enrolled {
  result: {
    message?: string;
    remedy?: string;
    members?: { cardNumber: string; created: boolean; member: { id: string } }[];
  };
}

/** Card -> member id; cards that nobody has become members with a card alone. Asking again changes nothing. */
export async function enrolCards(
  client: GraphQLClient,
  cards: readonly string[],
  joining: { homeMallId: string | null; joinedAt: string },
  source: string,
): Promise<{ ids: Map<string, string>; created: number }> {
  const ids = new Map<string, string>();
  let created = 0;
  const progress = startProgress('members by card', cards.length);
  for (let i = 0; i < cards.length; i += BATCH) {
    const batch = cards.slice(i, i + BATCH);
    const idempotencyKey = createHash('sha256')
      .update([source, ...batch].join('\n'))
      .digest('hex')
      .slice(0, 40);
    const { result } = await client.ask<Enrolled>(ENROL, { input: { idempotencyKey, ...joining, cards: batch } });
    if (!result.members) throw new Error(`enrolCards: ${result.message} ${result.remedy ?? ''}`);
    for (const row of result.members) {
      ids.set(row.cardNumber, row.member.id);
      if (row.created) created++;
    }
    progress.update(i + batch.length);
  }
  progress.finish();
  return { ids, created };
}
