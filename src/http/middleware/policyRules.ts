import { enforcePolicy, startFailoverCooldown } from '../../policy/rules.ts';
import type { Route } from '../../schemas/route.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Responds 403 to a change that the policy forbids. Starts the cool-down of an accepted failover. */
export const policyRules = (contract: Route) => ({
  before: async function enforce({ context }: PipelineRequest): Promise<void> {
    if (!context.changeRecord?.previous) await enforcePolicy(contract, context.apiRequest);
  },

  after: async function startCooldown({ context }: PipelineRequest): Promise<void> {
    await startFailoverCooldown(contract, context.apiRequest);
  },
});
