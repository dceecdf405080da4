import { PublicError } from '@atrium/platform';

export const noLadder = (): PublicError =>
  new PublicError('NOT_FOUND', 'No tier ladder is in force in this mall group: publish one with publishTierLadder.');
