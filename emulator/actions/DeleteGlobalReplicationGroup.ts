import type {
  DeleteGlobalReplicationGroupMessage,
  DeleteGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { globalStatusOf } from '../rules/globalReplicationGroup.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';

/** Deletes a global datastore without secondaries. The primary remains as a replication group. */
export function DeleteGlobalReplicationGroup(
  store: Store,
  input: DeleteGlobalReplicationGroupMessage,
): DeleteGlobalReplicationGroupResult {
  if (!input.RetainPrimaryReplicationGroup)
    throw invalidValue('RetainPrimaryReplicationGroup must be true: the primary replication group is always retained.'); // unverified
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  const status = globalStatusOf(datastore);
  if (status !== 'primary-only')
    // seen in terraform-provider-aws#18533
    throw new Fault(
      'InvalidGlobalReplicationGroupStateFault',
      `Cannot delete a global replication group in ${status} state`,
    );

  addPending(datastore, 'delete');
  store.schedule('globalGroupDeleted', { globalId: datastore.id });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}
