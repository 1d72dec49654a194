import type {
  DisassociateGlobalReplicationGroupMessage,
  DisassociateGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { assertStable, findMember } from '../rules/globalReplicationGroup.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';

/** Removes a secondary from its datastore. It remains with its data. The response still shows it as `associated`. */
export function DisassociateGlobalReplicationGroup(
  store: Store,
  input: DisassociateGlobalReplicationGroupMessage,
): DisassociateGlobalReplicationGroupResult {
  const { ReplicationGroupId: id, ReplicationGroupRegion: region } = input;
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  assertStable(datastore);
  const member = findMember(datastore, id, region);
  if (!member)
    // terraform-provider-aws matches the words "is not associated with Global Replication Group"
    throw invalidValue(`${id} in ${region} is not associated with Global Replication Group ${datastore.id}`);
  if (member.role === 'PRIMARY')
    throw invalidValue(`${id} in ${region} is the primary of Global Replication Group ${datastore.id}`); // unverified

  member.leaving = true;
  const change = addPending(datastore, 'disassociate');
  store.schedule('memberLeaves', { globalId: datastore.id, id: member.id, region: member.region, change });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}
