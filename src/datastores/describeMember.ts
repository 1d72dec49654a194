import { ListTagsForResourceCommand, type NodeGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import {
  type DesiredSettings,
  type MemberSettings,
  type NodeGroupSettings,
  settingsOfNodes,
} from './memberSettings.ts';
import { findNodeConfiguration } from './nodeConfiguration.ts';
import { findReplicationGroup } from './replicationGroup.ts';

/**
 * Returns the replication group of a member, and its settings. It reads only what `desired` can be compared with. AWS does not return
 * the tags of a group that is changing: they are left out then.
 * @throws Problem if a read fails, so that no setting is taken as missing by mistake.
 */
export async function describeMember(signal: AbortSignal, region: string, id: string, desired: DesiredSettings) {
  const limited = withRegionTimeout(signal);
  const ReplicationGroup = await findReplicationGroup(limited, region, id);
  const [node] = ReplicationGroup.MemberClusters ?? [];
  const isTagged = (desired.Tags ?? desired.TagKeys) !== undefined && ReplicationGroup.Status === 'available';
  const [configuration, Tags] = await Promise.all([
    node !== undefined && [...settingsOfNodes, 'SnapshotWindow' as const].some((name) => desired[name] !== undefined)
      ? findNodeConfiguration(limited, region, node)
      : undefined,
    isTagged ? readTags(limited, region, ReplicationGroup.ARN) : undefined,
  ]);
  const shown = Object.fromEntries(settingsOfNodes.map((name) => [name, configuration?.[name]]));
  return { ReplicationGroup, Settings: { ...toMemberSettings(ReplicationGroup), ...shown, ...(Tags && { Tags }) } };
}

type ShownGroup = Awaited<ReturnType<typeof findReplicationGroup>>;

/** Returns the settings that a replication group itself shows. */
const toMemberSettings = (group: ShownGroup): MemberSettings => ({
  ReplicationGroupId: group.ReplicationGroupId,
  Status: group.Status,
  ARN: group.ARN ?? '',
  ClusterEnabled: group.ClusterEnabled ?? false,
  hasFailover: /^enabl/.test(group.AutomaticFailover ?? ''),
  TransitEncryptionEnabled: group.TransitEncryptionEnabled ?? false,
  NodeGroups: (group.NodeGroups ?? [])
    .map(toNodeGroupSettings)
    .sort((a, b) => (a.NodeGroupId < b.NodeGroupId ? -1 : 1)),
  ReplicationGroupDescription: group.Description,
  MultiAZEnabled: group.MultiAZ === 'enabled',
  SnapshotRetentionLimit: group.SnapshotRetentionLimit,
  SnapshotWindow: group.SnapshotWindow,
  UserGroupIds: group.UserGroupIds ?? [],
  LogDeliveryConfigurations: (group.LogDeliveryConfigurations ?? []).filter(
    ({ Status }) => Status !== 'disabling',
  ) as MemberSettings['LogDeliveryConfigurations'],
  Port: (group.ConfigurationEndpoint ?? group.NodeGroups?.[0]?.PrimaryEndpoint)?.Port,
  KmsKeyId: group.KmsKeyId,
});

const toNodeGroupSettings = ({ NodeGroupId = '', NodeGroupMembers = [] }: NodeGroup): NodeGroupSettings => ({
  NodeGroupId,
  Zones: NodeGroupMembers.map(({ PreferredAvailabilityZone = '' }) => PreferredAvailabilityZone),
});

async function readTags(signal: AbortSignal, region: string, ResourceName: string | undefined) {
  const { TagList = [] } = await elastiCache(signal, region).send(new ListTagsForResourceCommand({ ResourceName }));
  return TagList.map(({ Key = '', Value = '' }) => ({ Key, Value }));
}
