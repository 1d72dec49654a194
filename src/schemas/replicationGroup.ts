// Pruned at build time by build/plugins/schemaPruning.ts.
import { boolean, dateTime, integer, listOf, shape, string, warnings } from './common.ts';

/** The address of a node, a node group or a replication group. */
export const endpoint = {
  ...shape({ Address: string, Port: integer }),
  description: 'The address for client connections.',
} as const;

const logDelivery = {
  LogType: { type: 'string', enum: ['slow-log', 'engine-log'] },
  DestinationType: { type: 'string', enum: ['cloudwatch-logs', 'kinesis-firehose'] },
  DestinationDetails: shape({
    CloudWatchLogsDetails: shape({ LogGroup: string }),
    KinesisFirehoseDetails: shape({ DeliveryStream: string }),
  }),
  LogFormat: { type: 'string', enum: ['text', 'json'] },
} as const;

const clusterMode = { type: 'string', enum: ['enabled', 'disabled', 'compatible'] } as const;
const transitEncryptionMode = { type: 'string', enum: ['preferred', 'required'] } as const;

/** The SDK's ReplicationGroup, member by member (ElastiCache API reference, API version 2015-02-02). */
export const replicationGroup = {
  ...shape({
    ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
    Description: string,
    GlobalReplicationGroupInfo: {
      ...shape({ GlobalReplicationGroupId: string, GlobalReplicationGroupMemberRole: string }),
      description: 'The datastore of the group and its role there. Empty or left out for a standalone group.',
    },
    Status: {
      type: 'string',
      description: 'creating, available, modifying, deleting, create-failed or snapshotting.',
      examples: ['available'],
    },
    PendingModifiedValues: shape({
      PrimaryClusterId: string,
      AutomaticFailoverStatus: { type: 'string', enum: ['enabled', 'disabled'] },
      Resharding: shape({ SlotMigration: shape({ ProgressPercentage: { type: 'number' } }) }),
      AuthTokenStatus: { type: 'string', enum: ['SETTING', 'ROTATING'] },
      UserGroups: shape({ UserGroupIdsToAdd: listOf(string), UserGroupIdsToRemove: listOf(string) }),
      LogDeliveryConfigurations: listOf(shape(logDelivery)),
      TransitEncryptionEnabled: boolean,
      TransitEncryptionMode: transitEncryptionMode,
      ClusterMode: clusterMode,
    }),
    MemberClusters: listOf(string),
    NodeGroups: listOf(
      shape({
        NodeGroupId: { type: 'string', examples: ['0001'] },
        Status: string,
        PrimaryEndpoint: endpoint,
        ReaderEndpoint: endpoint,
        Slots: string,
        NodeGroupMembers: listOf(
          shape({
            CacheClusterId: string,
            CacheNodeId: string,
            ReadEndpoint: endpoint,
            PreferredAvailabilityZone: string,
            PreferredOutpostArn: string,
            CurrentRole: string,
          }),
        ),
      }),
    ),
    SnapshottingClusterId: string,
    AutomaticFailover: { type: 'string', enum: ['enabled', 'disabled', 'enabling', 'disabling'] },
    MultiAZ: { type: 'string', enum: ['enabled', 'disabled'] },
    ConfigurationEndpoint: {
      ...endpoint,
      description: 'The address for client connections with cluster mode enabled.',
    },
    SnapshotRetentionLimit: {
      type: 'integer',
      description: 'The number of days that automatic snapshots are kept. 0 means no automatic snapshots.',
    },
    SnapshotWindow: string,
    ClusterEnabled: boolean,
    CacheNodeType: { type: 'string', examples: ['cache.r7g.large'] },
    AuthTokenEnabled: boolean,
    AuthTokenLastModifiedDate: dateTime,
    TransitEncryptionEnabled: boolean,
    AtRestEncryptionEnabled: boolean,
    MemberClustersOutpostArns: listOf(string),
    KmsKeyId: string,
    StorageEncryptionType: string,
    ARN: string,
    UserGroupIds: listOf(string),
    LogDeliveryConfigurations: listOf(
      shape({
        ...logDelivery,
        Status: { type: 'string', enum: ['active', 'enabling', 'modifying', 'disabling', 'error'] },
        Message: string,
      }),
    ),
    ReplicationGroupCreateTime: dateTime,
    DataTiering: { type: 'string', enum: ['enabled', 'disabled'] },
    AutoMinorVersionUpgrade: boolean,
    NetworkType: { type: 'string', enum: ['ipv4', 'ipv6', 'dual_stack'] },
    IpDiscovery: { type: 'string', enum: ['ipv4', 'ipv6'] },
    TransitEncryptionMode: transitEncryptionMode,
    ClusterMode: clusterMode,
    Engine: { type: 'string', examples: ['valkey'] },
    Durability: string,
    EffectiveDurability: string,
  }),
  required: ['ReplicationGroupId', 'Status'],
} as const;

/** The engine and the settings of the nodes of a replication group, with the names of AWS (DescribeCacheClusters). */
const configuration = {
  ...shape({
    Engine: { type: 'string', examples: ['valkey'] },
    EngineVersion: { type: 'string', examples: ['8.0.1'] },
    CacheNodeType: { type: 'string', examples: ['cache.r7g.large'] },
    CacheParameterGroupName: { type: 'string', examples: ['global-datastore-orders-use1abcd'] },
    ParameterApplyStatus: {
      type: 'string',
      description: 'in-sync, applying or pending-reboot.',
      examples: ['in-sync'],
    },
    CacheSubnetGroupName: { type: 'string', examples: ['orders-subnets'] },
    PreferredMaintenanceWindow: { type: 'string', examples: ['sun:23:00-mon:01:30'] },
    SecurityGroupIds: listOf(string),
    NotificationTopicArn: string,
  }),
  description:
    'What the nodes run and are set to. Left out if the group has no nodes yet, or if it could not be read: Warnings says so.',
} as const;

/** One replication group in the form of AWS. */
export const replicationGroupAnswer = {
  ...shape({
    ReplicationGroup: replicationGroup,
    Configuration: configuration,
    Warnings: { ...warnings, description: 'Why Configuration is missing. Left out if it is there.' },
  }),
  required: ['ReplicationGroup'],
  description: 'The replication group.',
} as const;

/** A page of replication groups in the form of AWS. */
export const replicationGroupsAnswer = {
  ...shape({
    ReplicationGroups: listOf(replicationGroup),
    Marker: { type: 'string', description: 'The start of the next page. Left out on the last page.' },
    Warnings: {
      ...warnings,
      description: 'Why replication groups may be missing from the list. Left out if it is whole.',
    },
  }),
  required: ['ReplicationGroups'],
  description: 'A page of replication groups.',
} as const;
