import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { datastoreWithOperation } from '../http/responses.ts';
import { findPlace, startOperation, withOwnOperation } from '../operations/operations.ts';
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
  findOwnResult: (request, current) => withOwnOperation(request, current),
  execute: async (request, current) => {
    const { signal, body, query, event } = request;
    const { checks, goal } = await checkRotation(signal, current.GlobalReplicationGroup, body, current.acceptedAt);
    assertChecksPass(checks);
    const place = await findPlace(request, goal, query.Supersede);
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => datastoreWithOperation(result),
});
