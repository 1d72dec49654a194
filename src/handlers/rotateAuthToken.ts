import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedWithOperation, ok } from '../http/responses.ts';
import { findOwnOperation, findPlace, startOperation } from '../operations/operations.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkRotation, preflight } from '../preflight/rotateAuthToken.ts';
import { rotateAuthToken } from '../schemas/rotateAuthToken.ts';

export const handler = defineChange(rotateAuthToken, {
  preflight,
  load: async ({ path, signal }) => {
    const acceptedAt = new Date().toISOString();
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    return { GlobalReplicationGroup, acceptedAt };
  },
  findOwnResult: async (request, current) => {
    const OperationId = await findOwnOperation(request, current.GlobalReplicationGroup);
    return OperationId === undefined ? undefined : { ...current, OperationId };
  },
  execute: async (request, current) => {
    const { signal, body, query, event } = request;
    const { checks, goal } = await checkRotation(signal, current.GlobalReplicationGroup, body, current.acceptedAt);
    assertChecksPass(checks);
    const place = await findPlace(request, goal, query.Supersede);
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => {
    const { GlobalReplicationGroup } = result;
    return 'OperationId' in result
      ? acceptedWithOperation(result.OperationId, { GlobalReplicationGroup })
      : ok({ GlobalReplicationGroup });
  },
});
