import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { GlobalDatastore } from '../../datastores/globalDatastore.ts';
import { waitUntilStable } from '../../datastores/waitUntilStable.ts';
import type { AnyRequest, AnyResponse } from '../../schemas/apiRequest.ts';
import { parsePreferWait, preferenceApplied } from '../preferHeader.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Returns the members of the body once the change is complete. */
export type ShowCompleted = (request: AnyRequest, datastore: GlobalDatastore) => Promise<object>;

/** Returns whether the subject of the change has settled, apart from the datastore. */
export type IsSettled = (request: AnyRequest) => Promise<boolean>;

/**
 * Waits for a change with `Prefer: wait=N`, then responds 200 with the current datastore, or 202 if the change is in progress.
 * It does not wait for a response with `Link`: its operation shows its own end.
 */
export const preferWait = (showCompleted: ShowCompleted = showDatastore, isSettled: IsSettled = alwaysSettled) => ({
  after: async function waitForCompletion(request: PipelineRequest): Promise<void> {
    const { apiRequest } = request.context;
    const response = request.response as AnyResponse;
    const seconds = parsePreferWait(apiRequest.event.headers.prefer);
    if (response.status !== 202 || response.headers?.link !== undefined || seconds === undefined) return;

    const id = response.headers?.location?.split('/').at(-1) ?? '';
    const { datastore, isStable, isDeleted } = await waitUntilStable(
      apiRequest.signal,
      id,
      seconds,
      apiRequest.endsAt,
      () => isSettled(apiRequest),
    );
    const headers = { ...response.headers, ...preferenceApplied(seconds) };
    if (isDeleted) request.response = completed(headers, showDeleted(response));
    else if (!datastore) request.response = { ...response, headers };
    else {
      const body = { ...(response.body as object), ...(await showCompleted(apiRequest, datastore)) };
      request.response = isStable ? completed(headers, body) : { status: 202, headers, body };
    }
  },
});

const showDatastore: ShowCompleted = async (_, GlobalReplicationGroup) => ({ GlobalReplicationGroup });

const alwaysSettled: IsSettled = async () => true;

/** Returns the response to a complete change, without `Retry-After`. */
function completed({ 'retry-after': _, ...headers }: Record<string, string>, body: object): AnyResponse {
  return { status: 200, headers, body };
}

/** Returns the body for a deleted datastore: the datastore as last read. */
function showDeleted({ body }: AnyResponse): object {
  const { GlobalReplicationGroup } = body as { GlobalReplicationGroup: GlobalReplicationGroup };
  return { GlobalReplicationGroup: { ...GlobalReplicationGroup, Status: 'deleted' } };
}
