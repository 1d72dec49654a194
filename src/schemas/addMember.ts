// Pruned at build time by build/plugins/schemaPruning.ts.
import { dailyWindow, weeklyWindow } from '../lib/windows.ts';
import { authTokenRule, authTokenSecretArn, secretProblems } from './authToken.ts';
import { description, region, replicationGroupId, shape, text, textRule } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { globalReplicationGroup } from './globalDatastore.ts';
import { replicationGroup } from './replicationGroup.ts';

const name = (what: string, example: string) =>
  ({
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[A-Za-z][A-Za-z0-9.-]*$',
    description: what,
    examples: [example],
  }) as const;

const names = (of: { readonly type: 'string' }, maxItems: number, what: string) =>
  ({ type: 'array', items: of, minItems: 1, maxItems, description: what }) as const;

const zone = { type: 'string', pattern: '^[a-z]{2}(-[a-z0-9]+)+$', maxLength: 64, examples: ['eu-west-1a'] } as const;

const id = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[A-Za-z0-9-]+$' } as const;

const arn = (what: string, example: string) =>
  ({ type: 'string', pattern: '^arn:[!-~]+$', maxLength: 2048, description: what, examples: [example] }) as const;

const destination = (member: string) =>
  ({
    type: 'object',
    properties: { [member]: { type: 'string', minLength: 1, maxLength: 512, pattern: '^[!-~]+$' } },
    additionalProperties: false,
  }) as const;

/**
 * The settings that can differ per region: the members of AWS's CreateReplicationGroup that a secondary does not inherit.
 * Source: ElastiCache user guide, and secondaries created by other tools. unverified: user groups, log delivery and zones.
 */
export const memberSettings = {
  ReplicationGroupId: {
    ...replicationGroupId,
    description: `The new member. ${replicationGroupId.description} Ids are unique within a region.`,
    examples: ['orders-euw1'],
  },
  ReplicationGroupRegion: {
    ...region,
    description: `The region of the new member. ${region.description}`,
    examples: ['eu-west-1'],
  },
  ReplicationGroupDescription: {
    ...description,
    minLength: 1,
    description: 'Free text of 1 to 1000 characters. Default: a text that names the datastore.',
  },
  Port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'The port for client connections. Default: 6379.',
  },
  NumCacheClusters: {
    type: 'integer',
    minimum: 1,
    maximum: 6,
    description: 'The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.',
    examples: [2],
  },
  ReplicasPerNodeGroup: {
    type: 'integer',
    minimum: 0,
    maximum: 5,
    description: 'The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.',
    examples: [1],
  },
  CacheSubnetGroupName: name('The subnet group. It belongs to the region of the member.', 'orders-subnets'),
  PreferredCacheClusterAZs: names(
    zone,
    6,
    'The availability zones of the nodes with cluster mode disabled. The zone of the primary node is the first.',
  ),
  NodeGroupConfiguration: {
    type: 'array',
    maxItems: 500,
    description: 'The availability zones of the nodes of each node group with cluster mode enabled.',
    items: {
      type: 'object',
      properties: {
        NodeGroupId: { type: 'string', pattern: '^[0-9]{1,4}$', examples: ['0001'] },
        ReplicaCount: { type: 'integer', minimum: 0, maximum: 5 },
        PrimaryAvailabilityZone: zone,
        ReplicaAvailabilityZones: names(zone, 5, 'The availability zones of the replicas.'),
      },
      additionalProperties: false,
    },
  },
  SecurityGroupIds: names(id, 5, 'The ids of VPC security groups.'),
  KmsKeyId: {
    type: 'string',
    minLength: 1,
    maxLength: 2048,
    pattern: '^[!-~]+$',
    description: 'The key for encryption at rest: the id, alias or ARN of a KMS key in the region of the member.',
  },
  AuthToken: {
    type: 'string',
    ...authTokenRule,
    writeOnly: true,
    description:
      'The password of the primary, if it has one: 16 to 128 letters, digits and characters of !&#$^<>-. The API never stores, shows or logs it.',
  },
  AuthTokenSecretArn: authTokenSecretArn,
  MultiAZEnabled: { type: 'boolean', description: 'True to place the nodes in several availability zones.' },
  SnapshotRetentionLimit: {
    type: 'integer',
    minimum: 0,
    maximum: 35,
    description: 'The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.',
  },
  SnapshotWindow: {
    type: 'string',
    pattern: dailyWindow,
    maxLength: 16,
    description: 'The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.',
    examples: ['05:00-06:00'],
  },
  PreferredMaintenanceWindow: {
    type: 'string',
    pattern: weeklyWindow,
    maxLength: 32,
    description:
      'The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.',
    examples: ['sun:23:00-mon:01:30'],
  },
  NotificationTopicArn: arn(
    'The SNS topic for events. It belongs to this account and to the region of the member.',
    'arn:aws:sns:eu-west-1:123456789012:cache',
  ),
  Tags: {
    type: 'array',
    maxItems: 50,
    description: 'The tags of the new replication group. A datastore itself cannot have tags.',
    items: {
      type: 'object',
      properties: {
        Key: {
          type: 'string',
          minLength: 1,
          maxLength: 128,
          pattern: text,
          description: `1 to 128 characters. ${textRule}`,
        },
        Value: { type: 'string', maxLength: 256, pattern: text, description: `Up to 256 characters. ${textRule}` },
      },
      required: ['Key'],
      additionalProperties: false,
    },
  },
  UserGroupIds: names(id, 1, 'The user group whose users can connect. It belongs to the region of the member.'),
  LogDeliveryConfigurations: {
    type: 'array',
    maxItems: 2,
    description: 'The destinations of the slow log and the engine log.',
    items: {
      type: 'object',
      properties: {
        LogType: { type: 'string', enum: ['slow-log', 'engine-log'] },
        DestinationType: { type: 'string', enum: ['cloudwatch-logs', 'kinesis-firehose'] },
        DestinationDetails: {
          type: 'object',
          properties: {
            CloudWatchLogsDetails: destination('LogGroup'),
            KinesisFirehoseDetails: destination('DeliveryStream'),
          },
          additionalProperties: false,
        },
        LogFormat: { type: 'string', enum: ['text', 'json'] },
        Enabled: { type: 'boolean' },
      },
      additionalProperties: false,
    },
  },
} as const;

const inherited =
  'every member inherits it from the primary. Change it for the whole datastore with PATCH /global-datastores/{GlobalReplicationGroupId}.';
const fixed = 'every member inherits it from the primary and it cannot be changed.';
const restored = 'a new member receives its data from the primary.';

/**
 * Settings of CreateReplicationGroup that a secondary cannot have, with the reason. AWS rejects the first eleven without a
 * name ("Cannot use the given parameters …") and silently ignores CacheParameterGroupName. unverified: the rest.
 */
const reasons = {
  PrimaryClusterId: 'a new member is created from the primary of the datastore.',
  AutomaticFailoverEnabled: inherited,
  NumNodeGroups:
    'every member has as many node groups as the primary. Change them with PUT /global-datastores/{GlobalReplicationGroupId}/node-groups.',
  CacheNodeType: inherited,
  Engine: inherited,
  EngineVersion: inherited,
  CacheSecurityGroupNames: 'it belongs to EC2-Classic; use SecurityGroupIds.',
  TransitEncryptionEnabled: fixed,
  AtRestEncryptionEnabled: fixed,
  SnapshotArns: restored,
  SnapshotName: restored,
  CacheParameterGroupName:
    'ElastiCache ignores it. ElastiCache creates a parameter group for each member, and a change in one applies to all.',
  AutoMinorVersionUpgrade: 'it is false in every member of a datastore.',
  DataTieringEnabled: 'it follows from the node type, which every member inherits from the primary.',
  NetworkType: 'members of a datastore are ipv4.',
  IpDiscovery: 'members of a datastore are ipv4.',
  TransitEncryptionMode: fixed,
  ClusterMode: fixed,
  ServerlessCacheSnapshotName: restored,
  Durability: 'groups with durability cannot belong to a datastore.',
  GlobalReplicationGroupId: 'the path names the datastore.',
} as const;

/** The schemas that refuse these settings. Typed loosely: a type cannot forbid a member. */
const refused: object = Object.fromEntries(
  Object.entries(reasons).map(([member, reason]) => [
    member,
    { not: {}, description: `${member} cannot be chosen for a new member: ${reason}` },
  ]),
);

/** A new member of a datastore in a region without a member. */
export const addMemberRequest = {
  type: 'object',
  properties: { ...memberSettings, ...refused },
  required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
  additionalProperties: false,
  dependentSchemas: {
    AuthTokenSecretArn: {
      type: 'object',
      properties: { AuthToken: { not: {}, description: 'Set AuthToken or AuthTokenSecretArn, not both.' } },
    },
  },
} as const;

const { AuthToken: _, ...storableSettings } = memberSettings;

/** Typed loosely: a type cannot forbid a member. */
const refusedToken: object = {
  AuthToken: {
    not: {},
    description:
      'An AuthToken cannot be given here, because the operation that makes the member would have to store it. Store it in Secrets Manager and set AuthTokenSecretArn.',
  },
};

/** A new member that an operation creates. The operation stores these settings. Therefore none of them is a secret. */
export const operationMemberRequest = {
  type: 'object',
  properties: { ...storableSettings, ...refused, ...refusedToken },
  required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
  additionalProperties: false,
} as const;

/** The new member in the form of AWS, with `Prefer: wait` also the datastore that it joined. */
export const memberAnswer = {
  ...shape({ ReplicationGroup: replicationGroup, GlobalReplicationGroup: globalReplicationGroup }),
  required: ['ReplicationGroup'],
  description: 'The new member. With Prefer: wait=N also the datastore.',
} as const;

/** The contract of addMember. */
export const addMember = withDryRun({
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/members',
  subject: 'datastore',
  changes: { newMembers: '#' },
  tag: 'Global datastores',
  summary: 'Add a region: create a replication group that joins the datastore as a secondary',
  description:
    'All members share some settings. Those come from the primary, and a request that sets one is refused with the reason. A datastore has at most two secondaries, each in a different region. AWS needs 10 to 15 minutes.',
  awsActions: ['CreateReplicationGroup', 'DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  optionalAwsActions: ['DescribeCacheSubnetGroups', 'DescribeUserGroups'],
  problems: ['PolicyDenied', ...secretProblems],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: addMemberRequest,
  responses: { 202: memberAnswer },
});
