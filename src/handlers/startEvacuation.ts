import { startExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedEvacuationAt } from '../http/responses.ts';
import { type Evacuation, parseEvacuation, toEvacuationId } from '../operations/evacuation/evacuation.ts';
import { acceptedEvacuation } from '../operations/evacuation/evacuationView.ts';
import { findEvacuation } from '../operations/findOperation.ts';
import { findEvacuees } from '../policy/evacuees.ts';
import { assertOtherRegion, assertValidRegions, checkEvacuation } from '../preflight/startEvacuation.ts';
import { undefinedIfNotFound } from '../problems/problem.ts';
import { startEvacuation } from '../schemas/startEvacuation.ts';

type Request = ChangeRequest<typeof startEvacuation>;

export const handler = defineChange(startEvacuation, {
  preflight: async (request) => {
    assertPossible(request);
    const { evacuees } = await findEvacuees(request);
    return checkEvacuation(request, evacuees);
  },
  isRepeatable: true,
  load: async (request) => {
    assertPossible(request);
    return {};
  },
  findOwnResult: async ({ signal, body, changeId }) => {
    const execution = await findEvacuation(signal, toEvacuationId(body.FromRegion, changeId)).catch(
      undefinedIfNotFound,
    );
    return execution && parseEvacuation(execution);
  },
  execute: async (request) => {
    const evacuation = await toAccepted(request);
    await startExecution(request.signal, evacuation.EvacuationId, evacuation);
    return evacuation;
  },
  respond: (evacuation) => acceptedEvacuationAt(acceptedEvacuation(evacuation as Evacuation)),
});

function assertPossible({ body }: Pick<Request, 'body'>): void {
  assertValidRegions(body);
  assertOtherRegion(body);
}

/** Returns the requested evacuation with its datastores. */
async function toAccepted(request: Request): Promise<Evacuation> {
  const { body, query, caller, changeId, event } = request;
  const AcceptedAt = new Date().toISOString();
  const { GlobalReplicationGroupIds: _, MaxAtOnce = 5, ...options } = body;
  const { evacuees, warnings, owners } = await findEvacuees(request);
  return {
    v: 1,
    Kind: 'EVACUATION',
    EvacuationId: toEvacuationId(body.FromRegion, changeId),
    ...options,
    MaxAtOnce,
    ...(query.Supersede && { Supersede: true }),
    Datastores: evacuees.map(({ group: __, ...evacuee }) => evacuee),
    Warnings: warnings,
    RequestedBy: caller.name,
    Owners: owners,
    AcceptedAt,
    Url: config.regionalUrl ?? publicUrl(event),
  };
}
