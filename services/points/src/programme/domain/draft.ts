// A version of a rule that somebody wants.
import type { CampaignTerms, EarnTerms, InteractionTerms, ProgrammeTerms } from './terms';

/** The programme as a whole is one rule. */
export const PROGRAMME_CODE = 'PROGRAMME';

export type RuleTerms =
  | { readonly kind: 'PROGRAMME'; readonly terms: ProgrammeTerms }
  | { readonly kind: 'EARN'; readonly terms: EarnTerms }
  | { readonly kind: 'CAMPAIGN'; readonly terms: CampaignTerms }
  | { readonly kind: 'INTERACTION'; readonly terms: InteractionTerms };

export type RuleDraft = RuleTerms & {
  readonly code: string;
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;
};
