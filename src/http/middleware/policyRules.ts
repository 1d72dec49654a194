import { enforcePolicy } from '../../policy/rules.ts';
import type { Route } from '../../schemas/route.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Responds 403 to a change that the policy forbids. A change that an earlier attempt sent is not checked again. */
export const policyRules = (contract: Route) => ({
  before: async function enforce({ context }: PipelineRequest): Promise<void> {
    if (!context.changeRecord?.previous) await enforcePolicy(contract, context.apiRequest);
  },
});
