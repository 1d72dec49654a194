import type {
  GlobalNodeGroup,
  GlobalReplicationGroup,
  GlobalReplicationGroupMember,
} from '@aws-sdk/client-elasticache';
import { globalNodeGroupIdOf, globalStatusOf, primaryOf, replicationGroupOf } from '../rules/globalReplicationGroup.ts';
import { formatSlots } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredMember, StoredReplicationGroup } from '../state/types.ts';

/**
 * Returns a global datastore as AWS does, with the shared settings of the primary. `members: false` omits Members and
 * GlobalNodeGroups, as Modify and Describe without ShowMemberInfo do.
 * unverified: GlobalNodeGroups. The samples of awscli show only datastores without cluster mode.
 */
export function viewGlobalGroup(
  store: Store,
  group: StoredGlobalGroup,
  { members = true } = {},
): GlobalReplicationGroup {
  const primary = replicationGroupOf(store, primaryOf(group));
  return {
    GlobalReplicationGroupId: group.id,
    GlobalReplicationGroupDescription: group.description,
    Status: globalStatusOf(group),
    CacheNodeType: primary.nodeType,
    Engine: primary.engine,
    EngineVersion: primary.engineVersion,
    ...(members && { Members: group.members.map((member) => viewMember(store, member)) }),
    ClusterEnabled: primary.clusterEnabled,
    ...(members && primary.clusterEnabled && { GlobalNodeGroups: viewNodeGroups(group, primary) }),
    AuthTokenEnabled: primary.authTokenEnabled,
    TransitEncryptionEnabled: primary.transitEncryption,
    AtRestEncryptionEnabled: primary.atRestEncryption,
    ARN: `arn:${store.partition}:elasticache::${store.account}:globalreplicationgroup:${group.id}`,
  };
}

function viewMember(store: Store, member: StoredMember): GlobalReplicationGroupMember {
  return {
    ReplicationGroupId: member.id,
    ReplicationGroupRegion: member.region,
    Role: member.role,
    AutomaticFailover: replicationGroupOf(store, member).automaticFailover,
    Status: member.status,
  };
}

function viewNodeGroups(group: StoredGlobalGroup, primary: StoredReplicationGroup): GlobalNodeGroup[] {
  return primary.shards.map(({ id, slots }) => ({
    GlobalNodeGroupId: globalNodeGroupIdOf(group, id),
    Slots: formatSlots(slots),
  }));
}
