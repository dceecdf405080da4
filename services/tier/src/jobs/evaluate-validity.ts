import { job } from '@atrium/platform';
import { evaluateValidity } from '../use-cases/evaluate-validity';

/** Often, because a new ladder reaches the members by it; a turn with nothing due is one look at an index. */
export const evaluateValidityJob = job({
  name: 'evaluate-validity',
  everySeconds: 5,
  run: (db) => evaluateValidity(db),
});
