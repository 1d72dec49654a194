import type {
  CacheParameterGroupNameMessage,
  ModifyCacheParameterGroupMessage,
  ParameterNameValue,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination, invalidValue } from '../protocol/fault.ts';
import { assertStable, replicationGroupOf } from '../rules/globalReplicationGroup.ts';
import { findStoredParameterGroup, getParameterGroup, isParameterGroupInUse } from '../rules/parameterGroups.ts';
import { isAllowedValue, listParameters } from '../rules/parameters.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredParameterGroup } from '../state/types.ts';

/**
 * Changes values of a parameter group at once. A change of the generated group of a member applies to those of all members
 * (ElastiCache user guide). Changes apply without a reboot (simplified).
 */
export function ModifyCacheParameterGroup(
  store: Store,
  input: ModifyCacheParameterGroupMessage,
): CacheParameterGroupNameMessage {
  const { CacheParameterGroupName: name = '', ParameterNameValues: requested = [] } = input;
  assertCount(requested);
  const group = getModifiable(store, name);
  const values = requested.map((value) => readValue(store, group, value));
  const datastore = findDatastore(store, name);
  if (datastore) assertStable(datastore);

  for (const affected of [group, ...(datastore ? listGroupsOfMembers(store, datastore) : [])]) apply(affected, values);
  return { CacheParameterGroupName: name };
}

type Value = [name: string, value: string];

function assertCount(requested: ParameterNameValue[]): void {
  if (requested.length === 0) throw invalidValue('The parameter ParameterNameValues must be provided.'); // unverified
  if (requested.length > 20) throw invalidCombination('Cannot modify more than 20 parameters in a single request'); // terraform-provider-aws#1221
}

/** Returns a parameter group that can be modified: no default one, and none of the options (simplified). */
function getModifiable(store: Store, name: string): StoredParameterGroup {
  getParameterGroup(store, name);
  const group = findStoredParameterGroup(store, name);
  if (group) return group;
  throw new Fault('InvalidCacheParameterGroupStateFault', `Parameter group ${name} cannot be modified.`); // unverified
}

/** Returns a valid value. unverified: texts without a source. */
function readValue(store: Store, group: StoredParameterGroup, requested: ParameterNameValue): Value {
  const { ParameterName: name = '', ParameterValue: value = '' } = requested;
  const parameter = listParameters(group.family).find((known) => known.name === name);
  if (!parameter) throw invalidValue(`Parameter ${name} doesn't exist`); // seen in terraform-provider-aws, parameter groups
  if (parameter.fixed) throw invalidValue(`Parameter ${name} cannot be modified.`);
  if (!isAllowedValue(parameter, value))
    throw invalidValue(`Invalid value ${value} for parameter ${name}. Allowed values: ${parameter.allowed}.`);
  if (name === 'cluster-enabled' && isParameterGroupInUse(store, group.name))
    throw new Fault(
      'InvalidCacheParameterGroupStateFault',
      `Parameter group ${group.name} is in use: ${name} is fixed.`,
    );
  return [name, value];
}

/** Returns the datastore with a member in this region that has the parameter group. */
function findDatastore(store: Store, name: string): StoredGlobalGroup | undefined {
  const { globalId } = store.listReplicationGroups().find(({ parameterGroup }) => parameterGroup === name) ?? {};
  return globalId ? store.accountState.globalGroups[globalId] : undefined;
}

/** Returns the generated parameter groups of all members. */
function listGroupsOfMembers(store: Store, datastore: StoredGlobalGroup): StoredParameterGroup[] {
  return datastore.members.flatMap((member) => {
    const { parameterGroup } = replicationGroupOf(store, member);
    return findStoredParameterGroup(store.viewFrom(member.region), parameterGroup) ?? [];
  });
}

function apply(group: StoredParameterGroup, values: Value[]): void {
  for (const [name, value] of values)
    if (name === 'cluster-enabled') group.clusterEnabled = value === 'yes';
    else group.parameters = { ...group.parameters, [name]: value };
}
