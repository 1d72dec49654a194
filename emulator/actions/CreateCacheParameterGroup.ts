import type { CreateCacheParameterGroupMessage, CreateCacheParameterGroupResult } from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { viewParameterGroup } from '../responses/parameterGroup.ts';
import { listFamilies } from '../rules/engines.ts';
import { findParameterGroup, listParameterGroups } from '../rules/parameterGroups.ts';
import { readIdentifier, readTags } from '../rules/parameterValidation.ts';
import type { Store } from '../state/store.ts';

/** Creates a parameter group in the caller's region, with the values of its family. */
export function CreateCacheParameterGroup(
  store: Store,
  input: CreateCacheParameterGroupMessage,
): CreateCacheParameterGroupResult {
  const { CacheParameterGroupFamily: family = '', Description: description = '' } = input;
  const name = readIdentifier(input.CacheParameterGroupName ?? '', 'CacheParameterGroupName', 255); // unverified: length
  assertFamilyExists(family);
  const tags = readTags(store, input.Tags);
  if (findParameterGroup(store, name))
    // seen in floci-io/floci#2392
    throw new Fault('CacheParameterGroupAlreadyExistsFault', `Parameter group ${name} already exists`);
  assertWithinQuota(store);

  const group = { name, family, description, region: store.region, clusterEnabled: false, tags };
  store.accountState.parameterGroups[`${store.region}/${name}`] = group;
  return { CacheParameterGroup: viewParameterGroup(store, { ...group, global: false }) };
}

/** Asserts that a family exists. unverified: text; floci-io/floci prints it. The emulator has no Memcached. */
function assertFamilyExists(family: string): void {
  if (!listFamilies().includes(family))
    throw invalidValue(`CacheParameterGroupFamily ${family} is not a valid parameter group family.`);
}

/** Asserts the quota (AWS General Reference, ElastiCache quotas). unverified: text, and that default groups do not count. */
function assertWithinQuota(store: Store): void {
  const { parameterGroups: quota } = store.options.quotas;
  const own = listParameterGroups(store).filter(({ name }) => !name.startsWith('default.'));
  if (own.length >= quota)
    throw new Fault('CacheParameterGroupQuotaExceededFault', `At most ${quota} cache parameter groups per region.`);
}
