import type {
  FailoverGlobalReplicationGroupMessage,
  FailoverGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { findMember, globalStatusOf } from '../rules/globalReplicationGroup.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup } from '../state/types.ts';

/**
 * Promotes the secondary that PrimaryRegion and PrimaryReplicationGroupId name. Other changes and failovers may be
 * pending. unverified: the response shows the previous roles.
 */
export function FailoverGlobalReplicationGroup(
  store: Store,
  input: FailoverGlobalReplicationGroupMessage,
): FailoverGlobalReplicationGroupResult {
  const { PrimaryReplicationGroupId: id, PrimaryRegion: region } = input;
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  assertFailoverPossible(datastore);
  const member = findMember(datastore, id, region);
  if (!member) throw invalidValue(`${id} in ${region} is not associated with Global Replication Group ${datastore.id}`); // unverified
  if (member.role === 'PRIMARY')
    throw invalidValue(`${id} in ${region} is the primary of Global Replication Group ${datastore.id} already`); // unverified
  if (member.status !== 'associated' || member.leaving)
    throw invalidState(`${id} in ${region} is ${member.leaving ? 'leaving' : member.status}`); // unverified

  const change = addPending(datastore, 'failover');
  store.schedule('failedOver', { globalId: datastore.id, id: member.id, region: member.region, change });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}

/** Asserts a status in which a failover is possible. unverified. */
function assertFailoverPossible(datastore: StoredGlobalGroup): void {
  const status = globalStatusOf(datastore);
  if (status !== 'available' && status !== 'modifying')
    throw invalidState(`Cannot fail over a global replication group in ${status} state`);
}

function invalidState(message: string): Fault {
  return new Fault('InvalidGlobalReplicationGroupStateFault', message);
}
