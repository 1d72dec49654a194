import type { DeleteCacheParameterGroupMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { findParameterGroup, findStoredParameterGroup, isParameterGroupInUse } from '../rules/parameterGroups.ts';
import type { Store } from '../state/store.ts';

/**
 * Deletes a parameter group that no replication group uses, also one that was generated for a member (seen in
 * terraform-provider-aws#24558). Default groups cannot be deleted. Those of the options cannot either (simplified).
 */
export function DeleteCacheParameterGroup(store: Store, input: DeleteCacheParameterGroupMessage): object {
  const { CacheParameterGroupName: name = '' } = input;
  if (!findParameterGroup(store, name))
    // seen in floci-io/floci#2392
    throw new Fault('CacheParameterGroupNotFoundFault', `CacheParameterGroupnot found: ${name}`);
  if (isParameterGroupInUse(store, name))
    // seen in aws-controllers-k8s/community#2004
    throw invalidState(
      `One or more cache clusters are still members of this parameter group ${name}, so the group cannot be deleted.`,
    );
  if (!findStoredParameterGroup(store, name)) throw invalidState(`Parameter group ${name} cannot be deleted.`); // unverified

  delete store.accountState.parameterGroups[`${store.region}/${name}`];
  return {};
}

function invalidState(message: string): Fault {
  return new Fault('InvalidCacheParameterGroupStateFault', message);
}
