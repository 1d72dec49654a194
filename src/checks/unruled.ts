import type * as ruled from '../policy/rules.ts';

/** What the build puts in the place of `policy.ts` beside it when the policy rules no change. */
export const { policyChecks, refuseByPolicy, noteFailover }: typeof ruled = {
  policyChecks: async () => [],
  refuseByPolicy: async () => {},
  noteFailover: async () => {},
};
