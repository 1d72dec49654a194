// Pruned at build time by build/plugins/schemaPruning.ts.
import { description } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { globalDatastoreAnswer } from './globalDatastore.ts';
import { oneChange } from './oneChange.ts';

/** The only value that AWS permits (API reference): ElastiCache never defers a change of a datastore to a maintenance window. */
export const applyImmediately = {
  type: 'boolean',
  const: true,
  default: true,
  description: 'A change of a datastore cannot wait for the maintenance window.',
} as const;

const changes = {
  CacheNodeType: {
    type: 'string',
    pattern: '^cache\\.[a-z0-9-]+\\.[a-z0-9]+$',
    maxLength: 64,
    description: 'The new node type of all members, such as cache.r7g.xlarge.',
    examples: ['cache.r7g.xlarge'],
  },
  Engine: {
    type: 'string',
    enum: ['redis', 'valkey'],
    description:
      'The new engine of all members. The only possible change is from redis to valkey. Requires EngineVersion.',
  },
  EngineVersion: {
    type: 'string',
    pattern: '^[0-9]+\\.([0-9]+|x)(\\.[0-9]+)?$',
    maxLength: 16,
    description: 'The new engine version of all members, such as 8.0. A downgrade is not possible.',
    examples: ['8.0'],
  },
  CacheParameterGroupName: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[A-Za-z][A-Za-z0-9.-]*$',
    description: 'A parameter group of the new family. Only valid with a new major EngineVersion.',
    examples: ['default.valkey8'],
  },
  GlobalReplicationGroupDescription: description,
  AutomaticFailoverEnabled: {
    type: 'boolean',
    description:
      'True if a replica becomes the primary node of its member when the primary node fails. This is not the failover to another region.',
  },
} as const;

type Change = keyof typeof changes;

/** The members that one call can contain together. AWS accepts one change per call (seen in the Terraform provider's calls to AWS). */
const together: readonly (readonly Change[])[] = [
  ['CacheNodeType'],
  ['Engine', 'EngineVersion', 'CacheParameterGroupName'],
  ['GlobalReplicationGroupDescription'],
  ['AutomaticFailoverEnabled'],
];

/** The rules between the members. Typed loosely: a type cannot express them. */
const rules: object = {
  ...oneChange(together),
  dependentRequired: { Engine: ['EngineVersion'], CacheParameterGroupName: ['EngineVersion'] },
};

/** A change of a datastore: the members of AWS's ModifyGlobalReplicationGroup, one change per call. */
export const modifyRequest = {
  type: 'object',
  description: `One change: one of ${Object.keys(changes).join(', ')}. Engine, EngineVersion and CacheParameterGroupName can be set together.`,
  properties: { ...changes, ApplyImmediately: applyImmediately },
  additionalProperties: false,
  ...rules,
} as const;

/** The contract of modifyGlobalDatastore. */
export const modifyGlobalDatastore = withDryRun({
  method: 'PATCH',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  changes: { nodeType: 'CacheNodeType' },
  tag: 'Global datastores',
  summary: 'Change one property of a datastore and of all its members',
  description:
    'One request changes one of these: the node type, the engine and its version, the description, or automatic failover.',
  awsActions: ['DescribeGlobalReplicationGroups', 'ModifyGlobalReplicationGroup'],
  optionalAwsActions: [
    'DescribeCacheEngineVersions',
    'DescribeCacheParameterGroups',
    'DescribeReplicationGroups',
    'ListAllowedNodeTypeModifications',
  ],
  problems: ['PolicyDenied'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: modifyRequest,
  responses: { 202: globalDatastoreAnswer },
});
