import * as sdk from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { commonErrors, listFaultNames } from '../../emulator/protocol/fault.ts';
import type { EmulatorOptions } from '../../emulator/server.ts';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  describeGroup,
  type RunningEmulator,
  rejection,
  startEmulator,
} from './harness.ts';
import { actionNames, modeledFaults } from './model.ts';

type Operation = (typeof actionNames)[number];

const one = { GlobalReplicationGroupId: 'ldgnf-store' };

const exported = new Map<string, unknown>(Object.entries(sdk));

/** Calls an action by name with any input. */
function call(emulator: RunningEmulator, operation: Operation, input: object = {}, region?: string): Promise<unknown> {
  const Command = exported.get(`${operation}Command`) as new (input: object) => sdk.DescribeReplicationGroupsCommand;
  return emulator.elasticache(region).send(new Command(input));
}

const pairs = actionNames.flatMap((operation) => modeledFaults(operation).map((fault) => [operation, fault] as const));

describe('modeled errors', () => {
  it.each(pairs)('%s: the SDK reads an injected %s as that class', async (operation, fault) => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Action: operation, Name: fault, Message: 'custom message' });

    const error = await call(emulator, operation).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(exported.get(fault));
    const { name, message, $fault, $metadata } = error as sdk.ElastiCacheServiceException;
    expect({ name, message, $fault }).toEqual({ name: fault, message: 'custom message', $fault: 'client' });
    expect($metadata.httpStatusCode).toBe(documentedStatus(fault));
  });

  it('have a request that causes them, or a reason why there is none', () => {
    const known = new Set(
      Object.entries(faultCases).flatMap(([operation, faults]) =>
        Object.keys(faults).map((fault) => `${operation} ${fault}`),
      ),
    );
    const explained = ([operation, fault]: (typeof pairs)[number]) =>
      reasons[fault] ?? reasons[`${operation} ${fault}`];

    expect(pairs.filter((pair) => !known.has(pair.join(' ')) && !explained(pair))).toEqual([]);
    expect(pairs.filter((pair) => known.has(pair.join(' ')) && reasons[pair.join(' ')])).toEqual([]);
    expect([...known].filter((pair) => !pairs.some((modeled) => modeled.join(' ') === pair))).toEqual([]);
  });
});

/** Returns the status of a fault in the API reference, to check the status in the SDK's schemas. */
function documentedStatus(fault: string): number {
  const exceptions = ['CacheSubnetGroupNotFoundFault', 'ServiceLinkedRoleNotFoundFault'];
  return fault.endsWith('NotFoundFault') && !exceptions.includes(fault) ? 404 : 400;
}

interface FaultCase {
  options?: EmulatorOptions;
  setUp?: (emulator: RunningEmulator) => Promise<unknown>;
  cause: (emulator: RunningEmulator) => Promise<unknown>;
}

const store = { GlobalReplicationGroupId: 'ldgnf-store' };
const now = { ApplyImmediately: true };
const first = { ReplicationGroupId: 'first' };
const create = { ...first, ReplicationGroupDescription: 'd', CacheNodeType: 'cache.r6g.large' };
const ResourceName = 'arn:aws:elasticache:us-east-1:000000000000:replicationgroup:first';
const member = { ReplicationGroupId: 'second', ReplicationGroupRegion: 'eu-west-1' };
const target = { PrimaryReplicationGroupId: 'second', PrimaryRegion: 'eu-west-1' };

const subnetGroup = { CacheSubnetGroupName: 'mine', CacheSubnetGroupDescription: 'd', SubnetIds: ['subnet-1'] };

const parameterGroup = { CacheParameterGroupName: 'mine', CacheParameterGroupFamily: 'redis7', Description: 'd' };
const newTimeout = {
  CacheParameterGroupName: 'mine',
  ParameterNameValues: [{ ParameterName: 'timeout', ParameterValue: '60' }],
};

const withParameterGroup = (emulator: RunningEmulator) => call(emulator, 'CreateCacheParameterGroup', parameterGroup);
const withDatastore = (emulator: RunningEmulator) => createDatastore(emulator, { NumNodeGroups: 2 });
const withSecondary = (emulator: RunningEmulator) => createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });
const withGroup = (emulator: RunningEmulator) => createReplicationGroup(emulator);
const withReplica = (emulator: RunningEmulator) => createReplicationGroup(emulator, { NumCacheClusters: 2 });
const whileJoining = async (emulator: RunningEmulator) =>
  addSecondary(emulator, await withDatastore(emulator), 'second', 'eu-west-1');
const whileModifying = async (emulator: RunningEmulator) => {
  await createReplicationGroup(emulator);
  await call(emulator, 'ModifyReplicationGroup', { ...first, ...now, CacheNodeType: 'cache.m5.large' });
};

/** Causes of the errors that all changes of a datastore share. */
function ofDatastore(operation: Operation, input: object, invalid: object): Record<string, FaultCase> {
  return {
    GlobalReplicationGroupNotFoundFault: { cause: (emulator) => call(emulator, operation, { ...store, ...input }) },
    InvalidGlobalReplicationGroupStateFault: {
      setUp: whileJoining,
      cause: (emulator) => call(emulator, operation, { ...store, ...input }),
    },
    InvalidParameterValueException: {
      setUp: withDatastore,
      cause: (emulator) => call(emulator, operation, { ...store, ...input, ...invalid }),
    },
  };
}

function ofTags(operation: Operation, input: object = {}): Record<string, FaultCase> {
  return {
    ReplicationGroupNotFoundFault: { cause: (emulator) => call(emulator, operation, { ResourceName, ...input }) },
    InvalidReplicationGroupStateFault: {
      setUp: whileModifying,
      cause: (emulator) => call(emulator, operation, { ResourceName, ...input }),
    },
    InvalidARNFault: { cause: (emulator) => call(emulator, operation, { ...input, ResourceName: 'arn' }) },
    ...Object.fromEntries(
      [
        ['CacheParameterGroupNotFoundFault', 'parametergroup'],
        ['CacheSubnetGroupNotFoundFault', 'subnetgroup'],
      ].map(([fault, type = '']) => [
        fault,
        {
          cause: (emulator: RunningEmulator) =>
            call(emulator, operation, { ...input, ResourceName: ResourceName.replace('replicationgroup', type) }),
        },
      ]),
    ),
  };
}

function creation(input: object, options: EmulatorOptions = {}): FaultCase {
  return { options, cause: (emulator) => call(emulator, 'CreateReplicationGroup', { ...create, ...input }) };
}

function modification(input: object, options: EmulatorOptions = {}): FaultCase {
  return {
    options,
    setUp: withGroup,
    cause: (emulator) => call(emulator, 'ModifyReplicationGroup', { ...first, ...now, ...input }),
  };
}

/** Causes of the errors that both changes of replicas share. */
function ofReplicas(operation: Operation, input: object, invalid: object): Record<string, FaultCase> {
  const change = (emulator: RunningEmulator, other: object = {}) =>
    call(emulator, operation, { ...first, ...now, ...input, ...other });
  return {
    ReplicationGroupNotFoundFault: { cause: change },
    InvalidReplicationGroupStateFault: { setUp: whileModifying, cause: change },
    InvalidParameterValueException: { setUp: withReplica, cause: (emulator) => change(emulator, invalid) },
    InvalidParameterCombinationException: {
      setUp: withReplica,
      cause: (emulator) => change(emulator, { NewReplicaCount: undefined }),
    },
    NoOperationFault: { setUp: withReplica, cause: (emulator) => change(emulator, { NewReplicaCount: 1 }) },
  };
}

const userGroups = { existing: { userGroups: { busy: 'modifying' } } };
const oneTag = { Tags: [{ Key: 'a', Value: 'b' }] };

const faultCases: Record<Operation, Record<string, FaultCase>> = {
  CreateGlobalReplicationGroup: {
    ReplicationGroupNotFoundFault: {
      cause: (emulator) =>
        call(emulator, 'CreateGlobalReplicationGroup', {
          GlobalReplicationGroupIdSuffix: 'x',
          PrimaryReplicationGroupId: 'none',
        }),
    },
    ...Object.fromEntries(
      (
        [
          ['InvalidReplicationGroupStateFault', whileModifying, 'another'],
          ['GlobalReplicationGroupAlreadyExistsFault', withDatastore, 'store'],
          ['InvalidParameterValueException', withDatastore, 'another'],
          [
            'ServiceLinkedRoleNotFoundFault',
            async (emulator: RunningEmulator) => {
              await withGroup(emulator);
              await emulator.control('POST', '/service-linked-role', { Exists: false });
            },
            'store',
          ],
        ] as const
      ).map(([fault, setUp, GlobalReplicationGroupIdSuffix]) => [
        fault,
        {
          setUp,
          cause: (emulator: RunningEmulator) =>
            call(emulator, 'CreateGlobalReplicationGroup', {
              GlobalReplicationGroupIdSuffix,
              PrimaryReplicationGroupId: 'first',
            }),
        },
      ]),
    ),
  },
  DescribeGlobalReplicationGroups: {
    GlobalReplicationGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeGlobalReplicationGroups', store),
    },
    InvalidParameterValueException: {
      cause: (emulator) => call(emulator, 'DescribeGlobalReplicationGroups', { Marker: 'x' }),
    },
  },
  ModifyGlobalReplicationGroup: ofDatastore(
    'ModifyGlobalReplicationGroup',
    { ...now, CacheNodeType: 'cache.r6g.xlarge' },
    { CacheNodeType: 'cache.t3.micro' },
  ),
  DeleteGlobalReplicationGroup: ofDatastore(
    'DeleteGlobalReplicationGroup',
    { RetainPrimaryReplicationGroup: true },
    { RetainPrimaryReplicationGroup: false },
  ),
  DisassociateGlobalReplicationGroup: ofDatastore('DisassociateGlobalReplicationGroup', member, member),
  FailoverGlobalReplicationGroup: {
    ...ofDatastore('FailoverGlobalReplicationGroup', target, {}),
    InvalidParameterValueException: {
      setUp: withSecondary,
      cause: (emulator) =>
        call(emulator, 'FailoverGlobalReplicationGroup', { ...store, ...target, PrimaryRegion: 'us-east-1' }),
    },
  },
  IncreaseNodeGroupsInGlobalReplicationGroup: ofDatastore(
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    { ...now, NodeGroupCount: 3 },
    { NodeGroupCount: 2 },
  ),
  DecreaseNodeGroupsInGlobalReplicationGroup: {
    ...ofDatastore(
      'DecreaseNodeGroupsInGlobalReplicationGroup',
      { ...now, NodeGroupCount: 1, GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] },
      { NodeGroupCount: 0 },
    ),
    InvalidParameterCombinationException: {
      setUp: withDatastore,
      cause: (emulator) =>
        call(emulator, 'DecreaseNodeGroupsInGlobalReplicationGroup', { ...store, ...now, NodeGroupCount: 1 }),
    },
  },
  RebalanceSlotsInGlobalReplicationGroup: ofDatastore('RebalanceSlotsInGlobalReplicationGroup', now, {
    ApplyImmediately: false,
  }),
  CreateReplicationGroup: {
    CacheClusterNotFoundFault: creation({ PrimaryClusterId: 'none' }),
    ReplicationGroupAlreadyExistsFault: { ...creation({}), setUp: withGroup },
    InvalidUserGroupStateFault: creation({ UserGroupIds: ['busy'], TransitEncryptionEnabled: true }, userGroups),
    UserGroupNotFoundFault: creation({ UserGroupIds: ['none'], TransitEncryptionEnabled: true }),
    InsufficientCacheClusterCapacityFault: creation({}, { existing: { withoutCapacity: ['cache.r6g.large'] } }),
    CacheSubnetGroupNotFoundFault: creation({ CacheSubnetGroupName: 'none' }),
    ClusterQuotaForCustomerExceededFault: creation({}, { quotas: { replicationGroups: 0 } }),
    NodeQuotaForClusterExceededFault: creation({ NumNodeGroups: 91 }, { quotas: { nodeGroups: 500 } }),
    NodeQuotaForCustomerExceededFault: creation({ NumNodeGroups: 2 }, { quotas: { nodes: 1 } }),
    CacheParameterGroupNotFoundFault: creation({ CacheParameterGroupName: 'none' }),
    TagQuotaPerResourceExceeded: creation(oneTag, { quotas: { tags: 0 } }),
    NodeGroupsPerReplicationGroupQuotaExceededFault: creation({ NumNodeGroups: 91 }),
    GlobalReplicationGroupNotFoundFault: creation({ ...store, CacheNodeType: undefined }),
    InvalidGlobalReplicationGroupStateFault: {
      setUp: async (emulator) => {
        await withDatastore(emulator);
        await call(emulator, 'RebalanceSlotsInGlobalReplicationGroup', { ...store, ...now });
      },
      cause: (emulator) =>
        call(emulator, 'CreateReplicationGroup', { ...create, ...store, CacheNodeType: undefined }, 'eu-west-1'),
    },
    InvalidParameterValueException: creation({ Engine: 'memcached' }),
    InvalidParameterCombinationException: creation({ ...store }),
  },
  DescribeReplicationGroups: {
    ReplicationGroupNotFoundFault: { cause: (emulator) => call(emulator, 'DescribeReplicationGroups', first) },
    InvalidParameterValueException: {
      cause: (emulator) => call(emulator, 'DescribeReplicationGroups', { MaxRecords: 1 }),
    },
  },
  ModifyReplicationGroup: {
    ReplicationGroupNotFoundFault: { ...modification({ MultiAZEnabled: true }), setUp: async () => {} },
    InvalidReplicationGroupStateFault: { ...modification({ MultiAZEnabled: false }), setUp: whileModifying },
    InvalidUserGroupStateFault: modification({ UserGroupIdsToAdd: ['busy'] }, userGroups),
    UserGroupNotFoundFault: modification({ UserGroupIdsToAdd: ['none'] }),
    InsufficientCacheClusterCapacityFault: modification(
      { CacheNodeType: 'cache.m5.large' },
      { existing: { withoutCapacity: ['cache.m5.large'] } },
    ),
    CacheClusterNotFoundFault: modification({ PrimaryClusterId: 'none' }),
    CacheParameterGroupNotFoundFault: modification({ CacheParameterGroupName: 'none' }),
    InvalidParameterValueException: modification({ CacheNodeType: 'cache.none' }),
    InvalidParameterCombinationException: modification({}),
  },
  DeleteReplicationGroup: {
    ReplicationGroupNotFoundFault: { cause: (emulator) => call(emulator, 'DeleteReplicationGroup', first) },
    InvalidReplicationGroupStateFault: {
      setUp: whileModifying,
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', first),
    },
    SnapshotAlreadyExistsFault: {
      setUp: async (emulator) => {
        await createReplicationGroup(emulator, { id: 'other' });
        await call(emulator, 'DeleteReplicationGroup', {
          ReplicationGroupId: 'other',
          FinalSnapshotIdentifier: 'last',
        });
        await withGroup(emulator);
      },
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', { ...first, FinalSnapshotIdentifier: 'last' }),
    },
    SnapshotFeatureNotSupportedFault: {
      setUp: async (emulator) => {
        await withGroup(emulator);
        emulator.store.getReplicationGroup('first').nodeType = 'cache.t1.micro'; // new groups cannot have this node type
      },
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', { ...first, FinalSnapshotIdentifier: 'last' }),
    },
    SnapshotQuotaExceededFault: {
      options: { quotas: { snapshots: 0 } },
      setUp: withGroup,
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', { ...first, FinalSnapshotIdentifier: 'last' }),
    },
    InvalidParameterValueException: {
      setUp: withDatastore,
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', first),
    },
    InvalidParameterCombinationException: {
      setUp: (emulator) => createReplicationGroup(emulator, { NumNodeGroups: 2 }),
      cause: (emulator) => call(emulator, 'DeleteReplicationGroup', { ...first, RetainPrimaryCluster: true }),
    },
  },
  IncreaseReplicaCount: {
    ...ofReplicas('IncreaseReplicaCount', { NewReplicaCount: 2 }, { NewReplicaCount: 6 }),
    InsufficientCacheClusterCapacityFault: {
      setUp: async (emulator) => {
        await withReplica(emulator);
        await emulator.control('POST', '/existing', { WithoutCapacity: ['cache.r6g.large'] });
      },
      cause: (emulator) => call(emulator, 'IncreaseReplicaCount', { ...first, ...now, NewReplicaCount: 2 }),
    },
    NodeQuotaForCustomerExceededFault: {
      options: { quotas: { nodes: 2 } },
      setUp: withReplica,
      cause: (emulator) => call(emulator, 'IncreaseReplicaCount', { ...first, ...now, NewReplicaCount: 2 }),
    },
  },
  DecreaseReplicaCount: ofReplicas('DecreaseReplicaCount', { NewReplicaCount: 0 }, { NewReplicaCount: 2 }),
  DescribeCacheClusters: {
    CacheClusterNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeCacheClusters', { CacheClusterId: 'none' }),
    },
    InvalidParameterValueException: { cause: (emulator) => call(emulator, 'DescribeCacheClusters', { Marker: 'x' }) },
  },
  DescribeCacheEngineVersions: {},
  ListAllowedNodeTypeModifications: {
    CacheClusterNotFoundFault: {
      cause: (emulator) => call(emulator, 'ListAllowedNodeTypeModifications', { CacheClusterId: 'none' }),
    },
    ReplicationGroupNotFoundFault: { cause: (emulator) => call(emulator, 'ListAllowedNodeTypeModifications', first) },
    InvalidParameterCombinationException: {
      cause: (emulator) => call(emulator, 'ListAllowedNodeTypeModifications'),
    },
  },
  DescribeCacheParameterGroups: {
    CacheParameterGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeCacheParameterGroups', { CacheParameterGroupName: 'none' }),
    },
    InvalidParameterValueException: {
      cause: (emulator) => call(emulator, 'DescribeCacheParameterGroups', { MaxRecords: 1000 }),
    },
  },
  CreateCacheParameterGroup: {
    CacheParameterGroupAlreadyExistsFault: {
      setUp: withParameterGroup,
      cause: (emulator) => call(emulator, 'CreateCacheParameterGroup', parameterGroup),
    },
    CacheParameterGroupQuotaExceededFault: {
      options: { quotas: { parameterGroups: 0 } },
      cause: (emulator) => call(emulator, 'CreateCacheParameterGroup', parameterGroup),
    },
    InvalidParameterValueException: {
      cause: (emulator) =>
        call(emulator, 'CreateCacheParameterGroup', { ...parameterGroup, CacheParameterGroupFamily: 'redis99' }),
    },
    TagQuotaPerResourceExceeded: {
      options: { quotas: { tags: 0 } },
      cause: (emulator) => call(emulator, 'CreateCacheParameterGroup', { ...parameterGroup, ...oneTag }),
    },
  },
  DescribeCacheParameters: {
    CacheParameterGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeCacheParameters', { CacheParameterGroupName: 'none' }),
    },
    InvalidParameterValueException: {
      cause: (emulator) =>
        call(emulator, 'DescribeCacheParameters', { CacheParameterGroupName: 'default.redis7', Source: 'x' }),
    },
  },
  ModifyCacheParameterGroup: {
    CacheParameterGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'ModifyCacheParameterGroup', newTimeout),
    },
    InvalidCacheParameterGroupStateFault: {
      cause: (emulator) =>
        call(emulator, 'ModifyCacheParameterGroup', { ...newTimeout, CacheParameterGroupName: 'default.redis7' }),
    },
    InvalidGlobalReplicationGroupStateFault: {
      setUp: whileJoining,
      cause: (emulator) =>
        call(emulator, 'ModifyCacheParameterGroup', {
          ...newTimeout,
          CacheParameterGroupName: emulator.store.getReplicationGroup('first').parameterGroup,
        }),
    },
    InvalidParameterValueException: {
      setUp: withParameterGroup,
      cause: (emulator) =>
        call(emulator, 'ModifyCacheParameterGroup', {
          ...newTimeout,
          ParameterNameValues: [{ ParameterName: 'timeout', ParameterValue: '5' }],
        }),
    },
    InvalidParameterCombinationException: {
      setUp: withParameterGroup,
      cause: (emulator) =>
        call(emulator, 'ModifyCacheParameterGroup', {
          ...newTimeout,
          ParameterNameValues: Array.from({ length: 21 }, () => newTimeout.ParameterNameValues[0]),
        }),
    },
  },
  DeleteCacheParameterGroup: {
    CacheParameterGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DeleteCacheParameterGroup', { CacheParameterGroupName: 'mine' }),
    },
    InvalidCacheParameterGroupStateFault: {
      setUp: async (emulator) => {
        await withParameterGroup(emulator);
        await createReplicationGroup(emulator, { CacheParameterGroupName: 'mine', EngineVersion: '7.1' });
      },
      cause: (emulator) => call(emulator, 'DeleteCacheParameterGroup', { CacheParameterGroupName: 'mine' }),
    },
  },
  CreateCacheSubnetGroup: {
    CacheSubnetGroupAlreadyExistsFault: {
      cause: (emulator) =>
        call(emulator, 'CreateCacheSubnetGroup', { ...subnetGroup, CacheSubnetGroupName: 'default' }),
    },
    CacheSubnetGroupQuotaExceededFault: {
      options: { quotas: { subnetGroups: 1 } },
      cause: (emulator) => call(emulator, 'CreateCacheSubnetGroup', subnetGroup),
    },
    CacheSubnetQuotaExceededFault: {
      options: { quotas: { subnets: 1 } },
      cause: (emulator) =>
        call(emulator, 'CreateCacheSubnetGroup', { ...subnetGroup, SubnetIds: ['subnet-1', 'subnet-2'] }),
    },
    TagQuotaPerResourceExceeded: {
      options: { quotas: { tags: 0 } },
      cause: (emulator) => call(emulator, 'CreateCacheSubnetGroup', { ...subnetGroup, ...oneTag }),
    },
  },
  DescribeCacheSubnetGroups: {
    CacheSubnetGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeCacheSubnetGroups', { CacheSubnetGroupName: 'none' }),
    },
  },
  DeleteCacheSubnetGroup: {
    CacheSubnetGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DeleteCacheSubnetGroup', { CacheSubnetGroupName: 'none' }),
    },
    CacheSubnetGroupInUse: {
      setUp: async (emulator) => {
        await call(emulator, 'CreateCacheSubnetGroup', subnetGroup);
        await createReplicationGroup(emulator, { CacheSubnetGroupName: 'Mine' });
      },
      cause: (emulator) => call(emulator, 'DeleteCacheSubnetGroup', subnetGroup),
    },
  },
  DescribeUserGroups: {
    UserGroupNotFoundFault: {
      cause: (emulator) => call(emulator, 'DescribeUserGroups', { UserGroupId: 'none' }),
    },
  },
  ListTagsForResource: ofTags('ListTagsForResource'),
  AddTagsToResource: {
    ...ofTags('AddTagsToResource', oneTag),
    TagQuotaPerResourceExceeded: {
      options: { quotas: { tags: 0 } },
      setUp: withGroup,
      cause: (emulator) => call(emulator, 'AddTagsToResource', { ResourceName, ...oneTag }),
    },
  },
  RemoveTagsFromResource: {
    ...ofTags('RemoveTagsFromResource', { TagKeys: ['a'] }),
    TagNotFoundFault: {
      setUp: withGroup,
      cause: (emulator) => call(emulator, 'RemoveTagsFromResource', { ResourceName, TagKeys: ['a'] }),
    },
  },
};

const UNDOCUMENTED = 'ElastiCache does not document what causes it in this operation';
const NOT_EMULATED = 'needs resources that the emulator does not have';

/** Reasons why the emulator does not cause an error, by error name or by action and error name. */
const reasons: Record<string, string> = {
  'DescribeGlobalReplicationGroups InvalidParameterCombinationException': UNDOCUMENTED,
  'DescribeReplicationGroups InvalidParameterCombinationException': UNDOCUMENTED,
  'DescribeCacheClusters InvalidParameterCombinationException': UNDOCUMENTED,
  'DescribeCacheParameterGroups InvalidParameterCombinationException': UNDOCUMENTED,
  'ListAllowedNodeTypeModifications InvalidParameterValueException': UNDOCUMENTED,
  'DescribeUserGroups InvalidParameterCombinationException': UNDOCUMENTED,
  'DescribeUserGroups ServiceLinkedRoleNotFoundFault': UNDOCUMENTED,
  'DisassociateGlobalReplicationGroup InvalidParameterCombinationException': UNDOCUMENTED,
  'FailoverGlobalReplicationGroup InvalidParameterCombinationException': UNDOCUMENTED,
  'ModifyReplicationGroup NodeQuotaForClusterExceededFault': 'a modification adds no nodes any more',
  'ModifyReplicationGroup NodeQuotaForCustomerExceededFault': 'a modification adds no nodes any more',
  ...Object.fromEntries(
    ['ListTagsForResource', 'AddTagsToResource', 'RemoveTagsFromResource'].flatMap((operation) =>
      ['CacheClusterNotFoundFault', 'UserGroupNotFoundFault'].map((fault) => [
        `${operation} ${fault}`,
        'the emulator has no tags of them',
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['IncreaseReplicaCount', 'DecreaseReplicaCount'].flatMap((operation) =>
      ['ClusterQuotaForCustomerExceededFault', 'NodeGroupsPerReplicationGroupQuotaExceededFault'].map((fault) => [
        `${operation} ${fault}`,
        'a change of replicas adds no cluster and no node group',
      ]),
    ),
  ),
  'DecreaseReplicaCount InsufficientCacheClusterCapacityFault': 'a decrease adds no nodes',
  'DecreaseReplicaCount NodeQuotaForCustomerExceededFault': 'a decrease adds no nodes',
  'DecreaseReplicaCount ServiceLinkedRoleNotFoundFault': UNDOCUMENTED,
  'CreateCacheParameterGroup InvalidCacheParameterGroupStateFault': UNDOCUMENTED,
  'CreateCacheParameterGroup InvalidParameterCombinationException': UNDOCUMENTED,
  'DescribeCacheParameters InvalidParameterCombinationException': UNDOCUMENTED,
  'DeleteCacheParameterGroup InvalidParameterValueException': UNDOCUMENTED,
  'DeleteCacheParameterGroup InvalidParameterCombinationException': UNDOCUMENTED,
  'CreateCacheSubnetGroup InvalidSubnet': 'the emulator has one VPC in a region',
  'CreateCacheSubnetGroup SubnetNotAllowedFault': NOT_EMULATED,
  InvalidCacheClusterStateFault: NOT_EMULATED,
  CacheSecurityGroupNotFoundFault: 'cache security groups are of EC2-Classic, which is gone',
  InvalidCacheSecurityGroupStateFault: 'cache security groups are of EC2-Classic, which is gone',
  InvalidVPCNetworkStateFault: NOT_EMULATED,
  InvalidKMSKeyFault: NOT_EMULATED,
  ReservedCacheNodeNotFoundFault: NOT_EMULATED,
  SnapshotNotFoundFault: NOT_EMULATED,
  UserNotFoundFault: NOT_EMULATED,
  ServerlessCacheNotFoundFault: NOT_EMULATED,
  InvalidServerlessCacheStateFault: NOT_EMULATED,
  ServerlessCacheSnapshotNotFoundFault: NOT_EMULATED,
  InvalidServerlessCacheSnapshotStateFault: NOT_EMULATED,
};

const caused = Object.entries(faultCases).flatMap(([operation, faults]) =>
  Object.entries(faults).map(([fault, testCase]) => [operation, fault, testCase] as const),
);

describe('causes of modeled errors', () => {
  it.each(caused)('%s: returns %s and changes nothing', async (_operation, fault, testCase) => {
    const emulator = await startEmulator(testCase.options);
    await testCase.setUp?.(emulator);
    await call(emulator, 'DescribeReplicationGroups', {}, 'eu-west-1'); // creates the account in the store
    const before = emulator.store.save();

    const refused = await rejection(testCase.cause(emulator));

    expect(refused.name).toBe(fault);
    expect(refused.status).toBe(documentedStatus(fault));
    expect(refused.message).not.toBe('');
    expect(emulator.store.save()).toEqual(before);
  });
});

describe('fault injection', () => {
  it('returns a fault Times times, then runs the action', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Action: '*', Name: 'Throttling', Times: 2 });
    const outcomes = [];

    for (let i = 0; i < 3; i++)
      outcomes.push(
        await call(emulator, 'DescribeReplicationGroups').then(
          () => 'fine',
          (error: Error) => error.name,
        ),
      );

    expect(outcomes).toEqual(['Throttling', 'Throttling', 'fine']);
  });

  it.each(Object.entries(commonErrors))('returns the common error %s with status %d', async (name, status) => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Name: name });

    const refused = await rejection(call(emulator, 'DescribeReplicationGroups'));

    expect(refused).toMatchObject({ name, code: name, status });
  });

  it('applies only to its action and region, without running the action', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', {
      Action: 'CreateReplicationGroup',
      Name: 'ServiceUnavailable',
      Region: 'eu-west-1',
    });

    await call(emulator, 'DescribeReplicationGroups', {}, 'eu-west-1');
    await call(emulator, 'CreateReplicationGroup', create, 'us-east-1');
    const refused = await rejection(call(emulator, 'CreateReplicationGroup', create, 'eu-west-1'));

    expect(refused).toMatchObject({ code: 'ServiceUnavailable', status: 503 });
    expect(emulator.store.viewFrom('eu-west-1').listReplicationGroups()).toEqual([]);
  });

  it('returns a fault after running the action with Executed', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Name: 'InternalFailure', Executed: true });

    const refused = await rejection(call(emulator, 'CreateReplicationGroup', create));

    expect(refused).toMatchObject({ code: 'InternalFailure', status: 500 });
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'creating' });
  });

  it('resets the connection, with or without running the action', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Network: 'reset' });
    await emulator.control('POST', '/faults', { Network: 'reset', Executed: true });

    const broken = await call(emulator, 'CreateReplicationGroup', create).catch((error: unknown) => error);
    expect(emulator.store.listReplicationGroups()).toEqual([]);
    await call(emulator, 'CreateReplicationGroup', create).catch((error: unknown) => error);

    expect(broken).toMatchObject({ code: 'ECONNRESET' });
    expect(emulator.store.listReplicationGroups()).toHaveLength(1);
  });

  it('sends no response with Network hang', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/faults', { Network: 'hang' });

    const waiting = emulator
      .elasticache()
      .send(new sdk.DescribeReplicationGroupsCommand({}), { abortSignal: AbortSignal.timeout(200) });

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each<[string, Operation, object]>([
    [
      'first',
      'CreateGlobalReplicationGroup',
      { GlobalReplicationGroupIdSuffix: 'x', PrimaryReplicationGroupId: 'alone' },
    ],
    ['a member', 'CreateReplicationGroup', { ReplicationGroupId: 'third', ReplicationGroupDescription: 'x', ...one }],
    ['settings', 'ModifyGlobalReplicationGroup', { CacheNodeType: 'cache.r6g.xlarge', ApplyImmediately: true, ...one }],
    [
      'more shards',
      'IncreaseNodeGroupsInGlobalReplicationGroup',
      { NodeGroupCount: 3, ApplyImmediately: true, ...one },
    ],
    ['slots', 'RebalanceSlotsInGlobalReplicationGroup', { ApplyImmediately: true, ...one }],
    [
      'a primary',
      'FailoverGlobalReplicationGroup',
      { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'second', ...one },
    ],
    [
      'a detach',
      'DisassociateGlobalReplicationGroup',
      { ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: 'second', ...one },
    ],
  ])('drops an accepted change: %s by %s', async (_name, action, input) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], NumNodeGroups: 2, ReplicasPerNodeGroup: 1 });
    await createReplicationGroup(emulator, { id: 'alone', NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    const before = emulator.store.save();
    const region = action === 'CreateReplicationGroup' ? 'ap-southeast-2' : 'us-east-1';
    await emulator.control('POST', '/faults', { Action: action, Dropped: true });

    await call(emulator, action, input, region);
    const during = emulator.store.save();
    emulator.settle();

    expect(during.accounts).not.toEqual(before.accounts);
    expect(emulator.store.save()).toEqual(before);
  });

  it('lists and deletes pending faults', async () => {
    const emulator = await startEmulator();
    const fault = { Action: 'CreateReplicationGroup', Name: 'Throttling', Executed: false, Times: 3 };

    const added = await emulator.control('POST', '/faults', fault);
    const listed = await emulator.control('GET', '/faults');
    await emulator.control('DELETE', '/faults');

    expect(added).toEqual({ status: 200, json: fault });
    expect(listed.json).toEqual({ Faults: [fault] });
    expect((await emulator.control('GET', '/faults')).json).toEqual({ Faults: [] });
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown name', { Name: 'NoSuchFault' }, /GlobalReplicationGroupNotFoundFault.*Throttling/],
    ['a wire code instead of the class name', { Name: 'InvalidParameterValue' }, /InvalidParameterValueException/],
    ['no name', {}, /one of Name, Network and Dropped/],
    ['both kinds', { Name: 'Throttling', Network: 'reset' }, /one of Name, Network and Dropped/],
    ['two kinds with Dropped', { Name: 'Throttling', Dropped: true }, /one of Name, Network and Dropped/],
    ['Dropped that is none', { Dropped: false }, /Dropped/],
    ['an unknown action', { Action: 'Explode', Name: 'Throttling' }, /Explode/],
    ['an unknown kind of network', { Network: 'slow' }, /reset or hang/],
    ['no times', { Name: 'Throttling', Times: 0 }, /Times/],
    ['half a time', { Name: 'Throttling', Times: 1.5 }, /Times/],
    ['an unknown member', { Name: 'Throttling', Count: 1 }, /Count/],
    ['no object', 'Throttling', /JSON object/],
    ['a region that is none', { Name: 'Throttling', Region: 1 }, /Region/],
    ['a message that is none', { Name: 'Throttling', Message: 1 }, /Message/],
    ['Executed that is none', { Name: 'Throttling', Executed: 1 }, /Executed/],
  ])('rejects an invalid fault: %s', async (_name, setUp, message) => {
    const emulator = await startEmulator();

    const { status, json } = await emulator.control('POST', '/faults', setUp);

    expect(status).toBe(400);
    expect(json.Message).toMatch(message);
    expect((await emulator.control('GET', '/faults')).json).toEqual({ Faults: [] });
  });

  it('accepts the name of every error class of the SDK', () => {
    const classes = Object.entries(sdk).filter(
      ([name, value]) =>
        typeof value === 'function' &&
        value.prototype instanceof sdk.ElastiCacheServiceException &&
        name !== 'ElastiCacheServiceException',
    );

    expect(listFaultNames()).toEqual(expect.arrayContaining(classes.map(([name]) => name)));
    expect(classes.length).toBeGreaterThan(70);
  });
});

describe('admin endpoints', () => {
  it('record the calls and their outcome', async () => {
    const emulator = await startEmulator();
    await call(emulator, 'DescribeReplicationGroups', {}, 'eu-west-1');
    await rejection(call(emulator, 'DescribeReplicationGroups', first));

    const { json } = await emulator.control('GET', '/calls');
    const deleted = await emulator.control('DELETE', '/calls');

    expect(deleted.json).toEqual(json);
    expect(json.Calls).toEqual([
      {
        Action: 'DescribeReplicationGroups',
        Region: 'eu-west-1',
        Account: '000000000000',
        Code: null,
        RequestId: expect.any(String),
      },
      expect.objectContaining({ Region: 'us-east-1', Code: 'ReplicationGroupNotFoundFault' }),
    ]);
    expect((await emulator.control('GET', '/calls')).json).toEqual({ Calls: [] });
  });

  it('keep the last 1000 calls', { timeout: 30_000 }, async () => {
    const emulator = await startEmulator();
    for (let i = 0; i < 1005; i++) await fetch(emulator.url, { method: 'POST', body: `Action=Call${i}` });

    const calls = (await emulator.control('GET', '/calls')).json.Calls as { Action: string }[];

    expect(calls).toHaveLength(1000);
    expect(calls[0]?.Action).toBe('Call5');
  });

  it('remove all resources, faults and calls on reset', async () => {
    const emulator = await startEmulator();
    await call(emulator, 'CreateReplicationGroup', create);
    await emulator.control('POST', '/faults', { Name: 'Throttling' });

    await emulator.control('POST', '/reset');

    expect((await emulator.control('GET', '/calls')).json).toEqual({ Calls: [] });
    expect((await emulator.control('GET', '/faults')).json).toEqual({ Faults: [] });
    expect(emulator.store.listReplicationGroups()).toEqual([]);
    expect(emulator.store.tick()).toBe(0);
  });

  it('run the waiting transitions on tick', async () => {
    const emulator = await startEmulator();
    await call(emulator, 'CreateReplicationGroup', create);

    const steps = [await emulator.control('POST', '/tick'), await emulator.control('POST', '/tick')];

    expect(steps.map(({ json }) => json.Steps)).toEqual([1, 0]);
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'available' });
  });

  it('list and add existing resources', async () => {
    const emulator = await startEmulator();
    const input = { ...create, CacheSubnetGroupName: 'private', CacheParameterGroupName: 'mine' };

    const before = await emulator.control('GET', '/existing');
    const after = await emulator.control('POST', '/existing', {
      SubnetGroups: ['private'],
      ParameterGroups: { mine: 'redis7' },
    });
    await call(emulator, 'CreateReplicationGroup', input);

    expect(before.json).toEqual({
      SubnetGroups: ['default'],
      UserGroups: {},
      ParameterGroups: {},
      WithoutCapacity: [],
      Forms: {
        SubnetGroups: expect.stringContaining('["private"]'),
        UserGroups: expect.stringContaining('{"team": "active"}'),
        ParameterGroups: expect.stringContaining('{"mine": "valkey8"}'),
        WithoutCapacity: expect.stringContaining('["cache.r7g.large"]'),
      },
    });
    expect(after.json).toMatchObject({ SubnetGroups: ['default', 'private'], ParameterGroups: { mine: 'redis7' } });
  });

  const list = /^SubnetGroups must be a list of names, such as \["private"\]/;
  const users = /^UserGroups must be an object of names and statuses, such as \{"team": "active"\}/;
  const families = /^ParameterGroups must be an object of names and families, such as \{"mine": "valkey8"\}/;
  const types = /^WithoutCapacity must be a list of node types, such as \["cache\.r7g\.large"\]/;

  it.each<[string | undefined, RegExp]>([
    ['{"SubnetGroups":"private"}', list],
    ['{"SubnetGroups":{"private":"subnet"}}', list],
    ['{"SubnetGroups":null}', list],
    ['{"SubnetGroups":["private",1]}', list],
    ['{"SubnetGroups":[""]}', list],
    ['{"SubnetGroups":["two words"]}', list],
    ['{"UserGroups":["team"]}', users],
    ['{"UserGroups":"team"}', users],
    ['{"UserGroups":{"team":1}}', users],
    ['{"UserGroups":{"team":"Active"}}', /"Active" is not one of active, creating, modifying, deleting\.$/],
    ['{"UserGroups":{"":"active"}}', users],
    ['{"ParameterGroups":["mine"]}', families],
    ['{"ParameterGroups":{"mine":"redis8"}}', /"redis8" is not one of redis3\.2, .*valkey9\.$/],
    ['{"ParameterGroups":{"mine":{"Family":"redis7"}}}', families],
    ['{"ParameterGroups":{"default.mine":"redis7"}}', families],
    ['{"WithoutCapacity":"cache.r7g.large"}', types],
    ['{"WithoutCapacity":["r7g.large"]}', types],
    ['{"Groups":[]}', /^Unknown member Groups\. Use one of SubnetGroups, UserGroups/],
    ['[]', /^Give an object\. SubnetGroups: a list/],
    ['"private"', /^Give an object\. SubnetGroups: a list/],
    [undefined, /^Give an object\. SubnetGroups: a list/],
  ])('refuse the existing resources %s and add none', async (body, message) => {
    const { url, control } = await startEmulator();
    const before = await control('GET', '/existing');

    const response = await fetch(`${url}/_emulator/existing`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body && { body }),
    });

    expect(response.status).toBe(400);
    expect(((await response.json()) as { Message: string }).Message).toMatch(message);
    expect(await control('GET', '/existing')).toEqual(before);
  });

  it('add none if one of them is wrong', async () => {
    const { control } = await startEmulator();
    const before = await control('GET', '/existing');

    const added = await control('POST', '/existing', { SubnetGroups: ['private'], WithoutCapacity: ['large'] });

    expect(added.status).toBe(400);
    expect(await control('GET', '/existing')).toEqual(before);
  });

  it('cancel a creation failure', async () => {
    const emulator = await startEmulator();
    const group = { ReplicationGroupId: 'first', Region: 'us-east-1' };
    await emulator.control('POST', '/create-failed', group);
    await emulator.control('POST', '/create-failed', { ...group, Fails: false });

    await createReplicationGroup(emulator);

    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'available' });
  });

  it.each<[string, string, unknown, number]>([
    ['GET', '/nothing', undefined, 404],
    ['GET', '/__proto__', undefined, 404],
    ['PUT', '/faults', {}, 405],
    ['GET', '/tick', undefined, 405],
    ['POST', '/service-linked-role', {}, 400],
    ['POST', '/service-linked-role', undefined, 400],
    ['POST', '/service-linked-role', { Exists: true, Account: 'me' }, 400],
    ['POST', '/create-failed', { Region: 'us-east-1' }, 400],
  ])('reject %s %s with %o', async (method, path, body, status) => {
    const emulator = await startEmulator();

    const response = await emulator.control(method, path, body);

    expect(response.status).toBe(status);
    expect(response.json.Message).toEqual(expect.any(String));
  });

  it('reject a body that is not JSON', async () => {
    const { url } = await startEmulator();

    const response = await fetch(`${url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });

    expect(response.status).toBe(400);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'reject a body of the type %j',
    async (type) => {
      const { url, control } = await startEmulator();

      const response = await fetch(`${url}/_emulator/faults`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"Action":"*","Network":"reset"}',
      });

      expect(response.status).toBe(415);
      expect((await control('GET', '/faults')).json).toEqual({ Faults: [] });
    },
  );
});
