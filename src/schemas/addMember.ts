// Pruned at build time by build/plugins/schemaPruning.ts.
import { description, region, replicationGroupId, shape, text } from './common.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { globalReplicationGroup } from './globalDatastore.ts';
import { replicationGroup } from './replicationGroup.ts';
import type { Route } from './route.ts';

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
 * What may be chosen per region: the members of AWS's CreateReplicationGroup that a secondary does not inherit
 * (ElastiCache user guide, and secondaries made by others; user groups, log delivery and zones are inferred).
 */
export const memberSettings = {
  ReplicationGroupId: {
    ...replicationGroupId,
    description: `The new member. ${replicationGroupId.description} Ids are unique in a region, not between regions.`,
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
    description: 'Free text of 1 to 1000 characters. Left out: it names the datastore.',
  },
  Port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'The port that clients connect to; 6379 when left out.',
  },
  NumCacheClusters: {
    type: 'integer',
    minimum: 1,
    maximum: 6,
    description: 'With cluster mode disabled: how many nodes, the primary node and up to 5 replicas.',
    examples: [2],
  },
  ReplicasPerNodeGroup: {
    type: 'integer',
    minimum: 0,
    maximum: 5,
    description: 'With cluster mode enabled: how many replicas in each node group (shard), 0 to 5.',
    examples: [1],
  },
  CacheSubnetGroupName: name('The subnet group, one of that region.', 'orders-subnets'),
  PreferredCacheClusterAZs: names(
    zone,
    6,
    'With cluster mode disabled: the zones of the nodes, the primary node first.',
  ),
  NodeGroupConfiguration: {
    type: 'array',
    maxItems: 500,
    description: 'With cluster mode enabled: the zones of the nodes of each node group.',
    items: {
      type: 'object',
      properties: {
        NodeGroupId: { type: 'string', pattern: '^[0-9]{1,4}$', examples: ['0001'] },
        ReplicaCount: { type: 'integer', minimum: 0, maximum: 5 },
        PrimaryAvailabilityZone: zone,
        ReplicaAvailabilityZones: names(zone, 5, 'The zones of the replicas.'),
      },
      additionalProperties: false,
    },
  },
  SecurityGroupIds: names(id, 5, 'Ids of VPC security groups.'),
  KmsKeyId: {
    type: 'string',
    minLength: 1,
    maxLength: 2048,
    pattern: '^[!-~]+$',
    description: 'The key for encryption at rest: id, alias or ARN of a KMS key of that region.',
  },
  AuthToken: {
    type: 'string',
    minLength: 16,
    maxLength: 128,
    pattern: '^[!&#$^<>\\-A-Za-z0-9*+.,:;=?_~%(){}|]+$',
    writeOnly: true,
    description:
      'The password of the primary, where it has one: 16 to 128 printable characters without space, quotes, @ and slash. Never shown or logged.',
  },
  MultiAZEnabled: { type: 'boolean', description: 'Whether the nodes are spread over availability zones.' },
  SnapshotRetentionLimit: {
    type: 'integer',
    minimum: 0,
    maximum: 35,
    description: 'Days that automatic snapshots are kept, 0 to 35; 0: none are made.',
  },
  SnapshotWindow: {
    type: 'string',
    pattern: '^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$',
    maxLength: 16,
    description: 'When snapshots are made, in UTC, such as 05:00-06:00.',
    examples: ['05:00-06:00'],
  },
  PreferredMaintenanceWindow: {
    type: 'string',
    pattern: '^(mon|tue|wed|thu|fri|sat|sun):[0-9]{2}:[0-9]{2}-(mon|tue|wed|thu|fri|sat|sun):[0-9]{2}:[0-9]{2}$',
    maxLength: 32,
    description: 'When AWS may do maintenance, in UTC, such as sun:23:00-mon:01:30.',
    examples: ['sun:23:00-mon:01:30'],
  },
  NotificationTopicArn: arn(
    'The SNS topic for events: of this account and that region.',
    'arn:aws:sns:eu-west-1:123456789012:cache',
  ),
  Tags: {
    type: 'array',
    maxItems: 50,
    description: 'Tags of the new replication group; a datastore itself cannot be tagged.',
    items: {
      type: 'object',
      properties: {
        Key: { type: 'string', minLength: 1, maxLength: 128, pattern: text },
        Value: { type: 'string', maxLength: 256, pattern: text },
      },
      required: ['Key'],
      additionalProperties: false,
    },
  },
  UserGroupIds: names(id, 1, 'The user group of that region whose users may connect.'),
  LogDeliveryConfigurations: {
    type: 'array',
    maxItems: 2,
    description: 'Where the slow log and the engine log go.',
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
const restored = 'a new member gets its data from the primary.';

/**
 * What a caller may think of and a secondary cannot have. AWS refuses the first eleven without naming the one it means
 * ("Cannot use the given parameters …") and takes CacheParameterGroupName silently; the rest is inferred (UNV).
 */
const reasons = {
  PrimaryClusterId: 'a new member is made from the primary of the datastore.',
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
    'ElastiCache ignores it: it makes a parameter group for each member, and a change in one goes to all.',
  AutoMinorVersionUpgrade: 'it ends up false in every member of a datastore.',
  DataTieringEnabled: 'it follows from the node type, which every member inherits from the primary.',
  NetworkType: 'members of a datastore are ipv4.',
  IpDiscovery: 'members of a datastore are ipv4.',
  TransitEncryptionMode: fixed,
  ClusterMode: fixed,
  ServerlessCacheSnapshotName: restored,
  Durability: 'groups with durability cannot belong to a datastore.',
  GlobalReplicationGroupId: 'the path names the datastore.',
} as const;

/** Typed loosely: a type has no members that may not be there. */
const refused: object = Object.fromEntries(
  Object.entries(reasons).map(([member, reason]) => [
    member,
    { not: {}, description: `${member} cannot be chosen for a new member: ${reason}` },
  ]),
);

/** A new member of a datastore, in a region of its own. */
export const addMemberRequest = {
  type: 'object',
  properties: { ...memberSettings, ...refused },
  required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
  additionalProperties: false,
} as const;

/** The new member as AWS answers it; with `Prefer: wait` also the datastore that it joined. */
export const memberAnswer = {
  ...shape({ ReplicationGroup: replicationGroup, GlobalReplicationGroup: globalReplicationGroup }),
  required: ['ReplicationGroup'],
} as const;

/** The contract of addMember. */
export const addMember = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/members',
  subject: 'datastore',
  changes: { newMembers: '#' },
  tag: 'Global datastores',
  summary: 'Add a region: make a replication group there that joins the datastore as a secondary',
  description:
    'Whatever all members share comes from the primary and is refused here, with the reason. A datastore has at most two secondaries, each in a region of its own. Takes AWS 10 to 15 minutes.',
  awsActions: ['CreateReplicationGroup', 'DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  problems: ['PolicyDenied'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: addMemberRequest,
  query: dryRunQuery,
  responses: { 200: orDryRunResult(memberAnswer), 202: memberAnswer },
} as const satisfies Route;
