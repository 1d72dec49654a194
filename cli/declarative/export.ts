import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GlobalDatastores, GlobalReplicationGroup, ReplicationGroupAnswer } from '@global-datastore/client';
import { stringify } from 'yaml';
import type { Context } from '../context.ts';
import { show, tell } from '../output.ts';
import { type DatastoreFile, type FileMember, schemaUrl } from './datastoreFile.ts';
import { keyOf, membersOf, primaryOf, type ShownMember } from './members.ts';

/** Writes a datastore as a file for apply: YAML with the schema for editors, or JSON. */
export async function exportDatastore({ client, format }: Context, id: string): Promise<void> {
  const { GlobalReplicationGroup: group } = await client.getGlobalDatastore({ GlobalReplicationGroupId: id });
  const members = await Promise.all(membersOf(group).map((member) => exportMember(client, member)));
  const file = { ...sharedSettings(group), Members: members };
  const text = `# yaml-language-server: $schema=${schemaPath()}\n${stringify(file).trimEnd()}`;
  const isYaml = format === 'table' || format === 'yaml';
  await show({ data: { $schema: schemaPath(), ...file }, text, id }, isYaml ? 'table' : format);
}

/** Returns the path of the schema from here, or its URL if it is elsewhere. */
function schemaPath(): string {
  const path = relative('.', fileURLToPath(schemaUrl));
  return path.startsWith('..') ? schemaUrl.href : path.replaceAll('\\', '/');
}

/** Returns the settings that all members share, without those that AWS shows as empty. */
function sharedSettings(group: GlobalReplicationGroup): DatastoreFile {
  const { GlobalReplicationGroupId, CacheNodeType, Engine, EngineVersion, GlobalNodeGroups = [] } = group;
  const failover = primaryOf(group)?.AutomaticFailover;
  return defined({
    GlobalReplicationGroupId,
    GlobalReplicationGroupDescription: group.GlobalReplicationGroupDescription?.trim() || undefined,
    CacheNodeType,
    Engine,
    EngineVersion: EngineVersion && requestedVersion(EngineVersion),
    AutomaticFailoverEnabled: failover?.startsWith('enabl'),
    NodeGroupCount: group.ClusterEnabled ? GlobalNodeGroups.length : undefined,
  }) as DatastoreFile;
}

/**
 * Returns a version in the form of requests. From version 6 AWS chooses the patch (ElastiCache user guide, engine versions).
 */
const requestedVersion = (version: string): string =>
  Number.parseInt(version, 10) < 6 ? version : version.split('.').slice(0, 2).join('.');

async function exportMember(client: GlobalDatastores, member: ShownMember): Promise<FileMember> {
  const { ReplicationGroupId = '', ReplicationGroupRegion = '', Role } = member;
  const shown = await client.getReplicationGroup({ Region: ReplicationGroupRegion, ReplicationGroupId });
  for (const { Detail } of shown.Warnings ?? []) tell(`${keyOf(member)} is not whole: ${Detail}`);
  return defined({ ReplicationGroupId, ReplicationGroupRegion, Role, ...ownSettings(shown) }) as FileMember;
}

/** Returns the settings that a member has for itself, in the form in which a request names them. */
function ownSettings({ ReplicationGroup: group, Configuration = {} }: ReplicationGroupAnswer): object {
  const { NodeGroups = [], ConfigurationEndpoint } = group;
  return {
    ReplicationGroupDescription: group.Description?.trim() || undefined,
    ...nodesOf(group),
    Port: (ConfigurationEndpoint ?? NodeGroups[0]?.PrimaryEndpoint)?.Port,
    MultiAZEnabled: group.MultiAZ && group.MultiAZ === 'enabled',
    CacheSubnetGroupName: Configuration.CacheSubnetGroupName,
    SecurityGroupIds: Configuration.SecurityGroupIds,
    KmsKeyId: group.KmsKeyId,
    SnapshotRetentionLimit: group.SnapshotRetentionLimit,
    SnapshotWindow: group.SnapshotWindow,
    PreferredMaintenanceWindow: Configuration.PreferredMaintenanceWindow,
    NotificationTopicArn: Configuration.NotificationTopicArn,
    UserGroupIds: group.UserGroupIds,
    LogDeliveryConfigurations: group.LogDeliveryConfigurations?.map(
      ({ LogType, DestinationType, DestinationDetails, LogFormat }) =>
        defined({ LogType, DestinationType, DestinationDetails, LogFormat }),
    ),
  };
}

/** Returns the number of nodes: one for the group, or one for each node group if they differ. */
function nodesOf({ ClusterEnabled, NodeGroups = [] }: ReplicationGroupAnswer['ReplicationGroup']): object {
  const counts = NodeGroups.map(({ NodeGroupId, NodeGroupMembers = [] }) => ({
    NodeGroupId,
    ReplicaCount: Math.max(0, NodeGroupMembers.length - 1),
  }));
  const [first] = counts;
  if (!first) return {};
  if (!ClusterEnabled) return { NumCacheClusters: first.ReplicaCount + 1 };
  const isUniform = counts.every(({ ReplicaCount }) => ReplicaCount === first.ReplicaCount);
  return isUniform ? { ReplicasPerNodeGroup: first.ReplicaCount } : { NodeGroupConfiguration: counts };
}

/** Returns an object without the members that are undefined or an empty list. */
const defined = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined && !(Array.isArray(item) && item.length === 0)),
  );
