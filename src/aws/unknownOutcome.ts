import { Problem, type Remedy } from '../problems/problem.ts';

/** Returns the problem of a change whose response was lost, with the request that shows whether it was applied. */
export const outcomeUnknown = (
  lost: Problem,
  { action, input, region }: { readonly action: string; readonly input: object; readonly region: string },
): Problem =>
  new Problem('OutcomeUnknown', `The response to ${action} was lost: ${lost.message}`, {
    upstream: lost.upstream,
    remedies: [readRequestFor(action, input, region)],
    cause: lost,
  });

/** The members of an input that name the changed resource. */
interface ChangedIds {
  readonly GlobalReplicationGroupId?: string;
  readonly ReplicationGroupId?: string;
  readonly PrimaryReplicationGroupId?: string;
}

/** Returns the request that shows whether the change was applied: for a new datastore it reads the primary, whose id is known. */
function readRequestFor(action: string, input: ChangedIds, region: string): Remedy {
  const group =
    action === 'CreateReplicationGroup'
      ? input.ReplicationGroupId
      : action === 'CreateGlobalReplicationGroup' && input.PrimaryReplicationGroupId;
  const href = group
    ? `/replication-groups/${region}/${group}`
    : `/global-datastores/${input.GlobalReplicationGroupId}`;
  return { method: 'GET', href };
}
