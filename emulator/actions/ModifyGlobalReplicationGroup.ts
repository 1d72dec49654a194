import type {
  ModifyGlobalReplicationGroupMessage,
  ModifyGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { type EngineVersion, findByFullVersion, isUpgrade, resolveEngineVersion } from '../rules/engines.ts';
import {
  addPendingToAll,
  assertApplyImmediately,
  assertStable,
  primaryOf,
  replicationGroupOf,
} from '../rules/globalReplicationGroup.ts';
import { findNodeTypeConflict } from '../rules/nodeTypeModifications.ts';
import { defaultParameterGroupOf, findParameterGroup, isDefaultParameterGroup } from '../rules/parameterGroups.ts';
import { readNodeType } from '../rules/parameterValidation.ts';
import type { Store } from '../state/store.ts';
import type { GlobalModification, StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

type Input = ModifyGlobalReplicationGroupMessage;
type Effect = Pick<GlobalModification, 'description' | 'settings' | 'parameterGroup'>;

/** Changes one shared property of all members. The response shows the previous values, without Members. */
export function ModifyGlobalReplicationGroup(store: Store, input: Input): ModifyGlobalReplicationGroupResult {
  assertApplyImmediately(input);
  const property = readProperty(input);
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  assertStable(datastore);
  const effect = readEffect[property](store, input, replicationGroupOf(store, primaryOf(datastore)), datastore);

  const change = addPendingToAll(store, datastore, 'modify');
  if (property === 'AutomaticFailoverEnabled')
    setFailoverTransitional(store, datastore, input.AutomaticFailoverEnabled);
  store.schedule('globalGroupModified', { ...change, ...effect });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore, { members: false }) };
}

type Property = 'CacheNodeType' | 'AutomaticFailoverEnabled' | 'GlobalReplicationGroupDescription' | 'EngineVersion';

/**
 * Returns the only property of a request. Engine and CacheParameterGroupName are valid only with EngineVersion.
 * unverified: texts without a source.
 */
function readProperty(input: Input): Property {
  const properties = (Object.keys(readEffect) as Property[]).filter((property) => input[property] !== undefined);
  const [property, another] = properties;
  if (another) throw invalidValue(`Only one property can be modified at a time, not ${properties.join(' and ')}.`);
  if (input.CacheParameterGroupName && property !== 'EngineVersion') throw invalidValue(NEEDS_MAJOR_VERSION);
  if (input.Engine && property !== 'EngineVersion')
    throw invalidValue('Engine can only be modified with EngineVersion.');
  if (!property) throw invalidValue('No modifications were requested');
  return property;
}

/** Seen in terraform-provider-aws#49110. */
const NEEDS_MAJOR_VERSION =
  'ModifyGlobalReplicationGroup API does not support cache parameter group modification without a change in major engine version.';

/**
 * Returns the effect of the transition for each property. unverified: texts without a source.
 * @throws Fault InvalidParameterValueException
 */
const readEffect: Record<
  Property,
  (store: Store, input: Input, primary: StoredReplicationGroup, datastore: StoredGlobalGroup) => Effect
> = {
  GlobalReplicationGroupDescription: (_store, input) => ({
    description: input.GlobalReplicationGroupDescription || ' ',
    settings: {},
  }),

  CacheNodeType(_store, input, primary) {
    const nodeType = readNodeType(input.CacheNodeType);
    const conflict = findNodeTypeConflict(primary, nodeType);
    if (conflict) throw invalidValue(conflict);
    if (nodeType === primary.nodeType) throw invalidValue('No modifications were requested');
    return { settings: { nodeType } };
  },

  AutomaticFailoverEnabled(store, input, primary, datastore) {
    const on = input.AutomaticFailoverEnabled ?? false;
    const groups = datastore.members.map((member) => replicationGroupOf(store, member));
    if (on === (primary.automaticFailover === 'enabled')) throw invalidValue('No modifications were requested');
    if (!on && primary.clusterEnabled)
      throw invalidValue(
        // seen with ModifyReplicationGroup in terraform-provider-aws#27116
        'Turning off automatic failover for replication group with cluster mode enabled is not supported.',
      );
    if (!on && groups.some(({ multiAz }) => multiAz))
      throw invalidValue('Automatic failover cannot be turned off while a member has Multi-AZ enabled.');
    if (on && groups.some(({ shards }) => shards.some(({ zones }) => zones.length < 2)))
      throw invalidValue(
        // seen with replication groups in aws-cloudformation/cloudformation-coverage-roadmap#1275
        'Replication group must have at least one read replica to enable autofailover.',
      );
    return { settings: { automaticFailover: on ? 'enabled' : 'disabled' } };
  },

  EngineVersion(store, input, primary) {
    const version = resolveEngineVersion(input.Engine ?? primary.engine, input.EngineVersion);
    const current = findByFullVersion(primary.engine, primary.engineVersion);
    if (version === current) throw invalidValue('No modifications were requested');
    // unverified: no rollback from Valkey 7.2 to Redis OSS 7.1, which replication groups have
    if (!current || !isUpgrade(current, version))
      throw invalidValue(
        `Cannot downgrade from ${primary.engine} ${primary.engineVersion} to ${version.engine} ${version.full}.`,
      );
    return {
      settings: { engine: version.engine, engineVersion: version.full },
      parameterGroup: readParameterGroup(store, input, primary, current, version),
    };
  },
};

/**
 * Returns the parameter group of an upgrade to a new family. Only an upgrade from Redis OSS to Valkey with a default
 * parameter group needs none in the request (ElastiCache user guide).
 */
function readParameterGroup(
  store: Store,
  { CacheParameterGroupName: name }: Input,
  primary: StoredReplicationGroup,
  from: EngineVersion,
  to: EngineVersion,
): string | undefined {
  const minor = from.family === to.family;
  if (minor && name) throw invalidValue(NEEDS_MAJOR_VERSION);
  if (minor) return undefined;
  if (name) {
    assertParameterGroupFits(store, name, primary, to);
    return name;
  }
  if (from.engine !== to.engine && isDefaultParameterGroup(store.viewFrom(primary.region), primary.parameterGroup))
    return defaultParameterGroupOf(to.family, primary.clusterEnabled);
  throw invalidValue(`A cache parameter group of family ${to.family} is needed for the upgrade to ${to.full}.`);
}

function assertParameterGroupFits(
  store: Store,
  name: string,
  primary: StoredReplicationGroup,
  { family }: EngineVersion,
): void {
  const group = findParameterGroup(store, name);
  if (!group) throw invalidValue(`CacheParameterGroup ${name} not found.`);
  if (group.family !== family)
    throw invalidValue(`Expected a parameter group of family ${family} but found one of family ${group.family}`);
  if (group.clusterEnabled !== primary.clusterEnabled)
    throw invalidValue(`Cluster mode is not the same in the parameter group ${name}.`);
}

function setFailoverTransitional(store: Store, datastore: StoredGlobalGroup, on: boolean | undefined): void {
  for (const member of datastore.members)
    replicationGroupOf(store, member).automaticFailover = on ? 'enabling' : 'disabling';
}
