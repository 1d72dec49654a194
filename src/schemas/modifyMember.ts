// Pruned at build time by build/plugins/schemaPruning.ts.
import { memberAnswer, memberSettings } from './addMember.ts';
import { secretProblems } from './authToken.ts';
import { withDryRun } from './dryRun.ts';
import { oneChange } from './oneChange.ts';

const { NodeGroupConfiguration, UserGroupIds, Tags } = memberSettings;

/** How ElastiCache applies a new AUTH token (ElastiCache user guide, "Modifying the AUTH token on an existing cluster"). */
const memberTokenStrategy = {
  type: 'string',
  enum: ['ROTATE', 'SET', 'DELETE'],
  description:
    'ROTATE (default): the former and the new token are both valid afterwards. SET: only the new token is valid, and AWS takes it after a ROTATE to the same token. DELETE: no token is valid, and the users of UserGroupIds can connect.',
  examples: ['ROTATE'],
} as const;

/** The settings that a member has for itself and that AWS changes, with the names of addMember. */
const changeable = {
  NumCacheClusters: memberSettings.NumCacheClusters,
  PreferredCacheClusterAZs: {
    ...memberSettings.PreferredCacheClusterAZs,
    description: 'The availability zones of all nodes, for an increase. Those of the nodes that are there stay.',
  },
  ReplicasPerNodeGroup: memberSettings.ReplicasPerNodeGroup,
  NodeGroupConfiguration: {
    ...NodeGroupConfiguration,
    minItems: 1,
    description:
      'The number of replicas of single node groups with cluster mode enabled, and for an increase the availability zones of all nodes. Node groups that are not listed stay.',
    items: { ...NodeGroupConfiguration.items, required: ['NodeGroupId'] },
  },
  ReplicationGroupDescription: {
    ...memberSettings.ReplicationGroupDescription,
    description: 'Free text of 1 to 1000 characters.',
  },
  MultiAZEnabled: memberSettings.MultiAZEnabled,
  SnapshotRetentionLimit: memberSettings.SnapshotRetentionLimit,
  SnapshotWindow: memberSettings.SnapshotWindow,
  PreferredMaintenanceWindow: memberSettings.PreferredMaintenanceWindow,
  NotificationTopicArn: memberSettings.NotificationTopicArn,
  SecurityGroupIds: memberSettings.SecurityGroupIds,
  UserGroupIds: {
    ...UserGroupIds,
    minItems: 0,
    description: `${UserGroupIds.description} An empty list removes the present one.`,
  },
  AuthToken: { ...memberSettings.AuthToken, description: `The new password. ${memberSettings.AuthToken.description}` },
  AuthTokenSecretArn: memberSettings.AuthTokenSecretArn,
  AuthTokenUpdateStrategy: memberTokenStrategy,
  LogDeliveryConfigurations: {
    ...memberSettings.LogDeliveryConfigurations,
    minItems: 1,
    description: 'The destinations of the logs of these types. Other types stay. Enabled: false ends the delivery.',
  },
  Tags: { ...Tags, minItems: 1, description: 'The tags to add or to replace. Other tags stay.' },
  TagKeys: {
    type: 'array',
    minItems: 1,
    maxItems: 50,
    items: Tags.items.properties.Key,
    description: 'The keys of the tags to remove.',
    examples: [['stage']],
  },
} as const;

type ChangeableSetting = keyof typeof changeable;

/** The settings that one call of AWS changes together. */
const settingsOfOneCall: readonly (readonly ChangeableSetting[])[] = [
  ['NumCacheClusters', 'PreferredCacheClusterAZs'],
  ['ReplicasPerNodeGroup', 'NodeGroupConfiguration'],
  [
    'ReplicationGroupDescription',
    'MultiAZEnabled',
    'SnapshotRetentionLimit',
    'SnapshotWindow',
    'PreferredMaintenanceWindow',
    'NotificationTopicArn',
    'SecurityGroupIds',
    'UserGroupIds',
    'AuthToken',
    'AuthTokenSecretArn',
    'AuthTokenUpdateStrategy',
    'LogDeliveryConfigurations',
  ],
  ['Tags'],
  ['TagKeys'],
];

const ofDatastore =
  'all members share it. Change it for the whole datastore with PATCH /global-datastores/{GlobalReplicationGroupId}.';
const unchangeable =
  'AWS cannot change it in a replication group that exists. Add another member, then remove this one.';

/** Settings that cannot be changed in one member, with the reason and what changes them. */
const reasonsToRefuse = {
  CacheNodeType: ofDatastore,
  Engine: ofDatastore,
  EngineVersion: ofDatastore,
  AutomaticFailoverEnabled: ofDatastore,
  CacheParameterGroupName: `${ofDatastore} ElastiCache creates a parameter group for each member, and a change of a parameter in one applies to all.`,
  NumNodeGroups: 'all members share it. Change it with PUT /global-datastores/{GlobalReplicationGroupId}/node-groups.',
  Port: unchangeable,
  CacheSubnetGroupName: unchangeable,
  KmsKeyId: unchangeable,
  TransitEncryptionEnabled: 'all members share it and it cannot be changed.',
  TransitEncryptionMode: 'all members share it and it cannot be changed.',
  AtRestEncryptionEnabled: 'all members share it and it cannot be changed.',
  ClusterMode: 'all members share it and it cannot be changed.',
  Durability: 'groups with durability cannot belong to a datastore.',
  AutoMinorVersionUpgrade: 'it is false in every member of a datastore.',
  CacheSecurityGroupNames: 'it belongs to EC2-Classic; use SecurityGroupIds.',
  UserGroupIdsToAdd: 'use UserGroupIds, the whole list that the member is to have.',
  UserGroupIdsToRemove: 'use UserGroupIds, the whole list that the member is to have.',
  RemoveUserGroups: 'use UserGroupIds with an empty list.',
  ReplicationGroupId: 'the path names the member.',
  ReplicationGroupRegion: 'the path names the member.',
} as const;

/** The schemas that refuse these settings. Typed loosely: a type cannot forbid a member. */
const refusedSettings: object = Object.fromEntries(
  Object.entries(reasonsToRefuse).map(([member, reason]) => [
    member,
    { not: {}, description: `${member} cannot be changed here: ${reason}` },
  ]),
);

/** The rules between the settings. Typed loosely: a type cannot express them. */
const rulesBetweenSettings: object = {
  ...oneChange(settingsOfOneCall),
  dependentRequired: { PreferredCacheClusterAZs: ['NumCacheClusters'] },
};

/** A change of one member: settings that each region can have for itself, one call of AWS at a time. */
export const modifyMemberRequest = {
  type: 'object',
  description:
    'One change: the number of nodes, the settings of the replication group, tags to add, or tags to remove. Several settings of the replication group can be changed together.',
  properties: { ...changeable, ...refusedSettings },
  additionalProperties: false,
  ...rulesBetweenSettings,
} as const;

/** The contract of modifyMember. */
export const modifyMember = withDryRun({
  method: 'PATCH',
  path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
  subject: 'datastore',
  changes: { tags: '#' },
  tag: 'Global datastores',
  summary: 'Change what one member has for itself: nodes, windows, snapshots, security groups, the AUTH token, tags',
  description:
    'One request changes one of these: the number of nodes or replicas, the settings of the replication group, or its tags. Settings that the member has already are not sent to AWS. If it has all of them, nothing is called and the response is 200.',
  awsActions: [
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
    'ListTagsForResource',
    'IncreaseReplicaCount',
    'DecreaseReplicaCount',
    'ModifyReplicationGroup',
    'AddTagsToResource',
    'RemoveTagsFromResource',
  ],
  problems: ['MemberNotFound', 'TopologyRefused', ...secretProblems],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: modifyMemberRequest,
  responses: { 202: { ...memberAnswer, description: 'The member. With Prefer: wait=N also the datastore.' } },
});
