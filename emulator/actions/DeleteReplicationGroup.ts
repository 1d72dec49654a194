import type { DeleteReplicationGroupMessage, DeleteReplicationGroupResult } from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination } from '../protocol/fault.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import { hasSnapshotSupport } from '../rules/nodeTypes.ts';
import { assertAvailable, assertNotMember } from '../rules/replicationGroup.ts';
import { addPending, isPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

/** Deletes a replication group without a global datastore. RetainPrimaryCluster deletes the primary too (simplified). */
export function DeleteReplicationGroup(
  store: Store,
  input: DeleteReplicationGroupMessage,
): DeleteReplicationGroupResult {
  const group = store.getReplicationGroup(input.ReplicationGroupId);
  assertNotMember(group);
  if (!isPending(group, 'failed')) assertAvailable(group, 'deletion');
  if (input.RetainPrimaryCluster && group.clusterEnabled)
    throw invalidCombination('RetainPrimaryCluster cannot be used with cluster mode enabled.'); // unverified
  if (input.FinalSnapshotIdentifier) takeSnapshot(store, group, input.FinalSnapshotIdentifier);

  addPending(group, 'delete');
  store.schedule('replicationGroupDeleted', { id: group.id });
  return { ReplicationGroup: viewReplicationGroup(store, group) };
}

function takeSnapshot(store: Store, group: StoredReplicationGroup, name: string): void {
  const { snapshots } = store.accountState;
  if (!hasSnapshotSupport(group.nodeType))
    throw new Fault('SnapshotFeatureNotSupportedFault', `Snapshots are not supported on ${group.nodeType}.`);
  if (snapshots.includes(`${store.region}/${name}`))
    throw new Fault('SnapshotAlreadyExistsFault', `Snapshot with specified name already exists: ${name}`);
  const inRegion = snapshots.filter((snapshot) => snapshot.startsWith(`${store.region}/`));
  if (inRegion.length >= store.options.quotas.snapshots)
    throw new Fault('SnapshotQuotaExceededFault', `At most ${store.options.quotas.snapshots} snapshots per region.`);
  snapshots.push(`${store.region}/${name}`);
}
