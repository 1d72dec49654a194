import { newPrimaryIn } from '../datastores/newPrimary.ts';
import type { Remedy } from '../problems/problem.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';

/** Returns the request that shows the resource of a change. */
export function remediesOf({ path, body }: AnyRequest): Remedy[] {
  const { GlobalReplicationGroupId: id, OperationId } = path;
  if (id !== undefined) return [{ method: 'GET', href: `/global-datastores/${id}` }];
  if (OperationId !== undefined) return [{ method: 'GET', href: `/operations/${OperationId}` }];
  const { PrimaryReplicationGroupRegion, PrimaryReplicationGroupId } = newPrimaryIn(body);
  return [{ method: 'GET', href: `/replication-groups/${PrimaryReplicationGroupRegion}/${PrimaryReplicationGroupId}` }];
}
