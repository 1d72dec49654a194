import { assertOwnership } from '../../policy/ownership.ts';
import type { Route } from '../../schemas/route.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Responds 404 unless the subject of the request is the caller's. Adds the owner's tag to new members. */
export const ownership = (contract: Route) => ({
  before: async function checkOwnership({ context }: PipelineRequest): Promise<void> {
    const { apiRequest, changeRecord } = context;
    context.apiRequest = await assertOwnership(contract, apiRequest, changeRecord?.previous?.owner).catch((problem) => {
      changeRecord?.withhold();
      throw problem;
    });
    changeRecord?.owned(context.apiRequest.owner);
  },
});
