import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { config } from '../config.ts';
import { type GlobalDatastore, requireGlobalDatastore } from '../datastores/globalDatastore.ts';

/** Returns the response to a read. */
export const ok = <Body>(body: Body, headers: Readonly<Record<string, string>> = {}) =>
  ({ status: 200, headers, body }) as const;

/** Returns the response to an accepted change. `Location` names the resource that shows its progress. */
const accepted = <Body>(location: string, body: Body) =>
  ({ status: 202, headers: { location, 'retry-after': String(config.retryAfterSeconds) }, body }) as const;

/** Returns the response to an accepted change of a datastore. */
export const acceptedAt = <Body>(GlobalReplicationGroupId: string, body: Body) =>
  accepted(`/global-datastores/${GlobalReplicationGroupId}`, body);

/** Returns the response to an accepted evacuation. */
export const acceptedEvacuationAt = <Shown extends { readonly EvacuationId: string }>(Evacuation: Shown) =>
  accepted(`/evacuations/${Evacuation.EvacuationId}`, { Evacuation });

/** Returns the response to an accepted change of which AWS returned the datastore. Throws `UpstreamAnswerInvalid`. */
export function acceptedDatastore(group: GlobalReplicationGroup | undefined) {
  const GlobalReplicationGroup = requireGlobalDatastore(group);
  return acceptedAt(GlobalReplicationGroup.GlobalReplicationGroupId, { GlobalReplicationGroup });
}

/**
 * Returns the response to a change that an operation carries out. `Link` names the operation (RFC 8288; `monitor` is a relation
 * registered with IANA).
 */
export function acceptedWithOperation<Body extends { readonly GlobalReplicationGroup: GlobalDatastore }>(
  OperationId: string,
  body: Body,
) {
  const { status, headers } = acceptedAt(body.GlobalReplicationGroup.GlobalReplicationGroupId, body);
  return {
    status,
    headers: { ...headers, link: `</operations/${OperationId}>; rel="monitor"` },
    body: { ...body, OperationId },
  } as const;
}

/** Returns a datastore with the operation that changes it, or alone if there is nothing to change. */
export const datastoreWithOperation = ({
  GlobalReplicationGroup,
  OperationId,
}: {
  readonly GlobalReplicationGroup: GlobalDatastore;
  readonly OperationId?: string;
}) =>
  OperationId === undefined
    ? ok({ GlobalReplicationGroup })
    : acceptedWithOperation(OperationId, { GlobalReplicationGroup });
