import type { Fault } from '../domain/faults';
import type { LifeRefusal } from '../domain/life';

/** Why nothing became of a wish about a rule. Drafts tell all their faults at once. */
export type RuleRefusal =
  { readonly code: 'NOT_FOUND' } | { readonly code: 'FAULTS'; readonly faults: readonly Fault[] } | LifeRefusal;
