import { readFileSync } from 'node:fs';
import { type CreateReplicationGroupCommandInput, ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'ca-central-1', 'ap-east-2'];
const { call, emulator, routes } = await startApi({
  regions,
  existing: { userGroups: { readers: 'active', fading: 'deleting' } },
});
const { make, freeze } = datastores(emulator);
const { sealMarker } = await import('../../src/http/marker.ts'); // imported after startApi: it reads config.ts
const { encodeMarker } = await import('../../src/datastores/multiRegionPaging.ts');

/** Returns a Marker as the API returns it for a list without parameters. */
const seal = (text: string, path: string) => sealMarker(text, JSON.stringify([path, {}, regions]));

/** A request, as `call` takes it. */
interface Request {
  request: string;
  body?: object;
}

/** A situation in which ElastiCache refuses a call. No fault is injected: the state of the resources causes the refusal. */
interface Situation {
  /** The name of the route. */
  operation: string;
  fault: string;
  /** The call that AWS refuses. */
  action: string;
  when: string;
  /** Creates the situation. Returns the request that is refused. */
  arrange: () => Promise<Request>;
}

let made = 0;
const aName = () => `store-${++made}`;
const aDatastore = (secondaries: readonly string[] = [], primary: Partial<CreateReplicationGroupCommandInput> = {}) =>
  make(aName(), secondaries, primary);

/** Freezes the transitions of the emulator until the end of the test. */
const frozen = () => onTestFinished(freeze());

async function aGroup(input: Partial<CreateReplicationGroupCommandInput> = {}): Promise<string> {
  const name = aName();
  await emulator.seed(name, 'us-east-1', input);
  return name;
}

/** Starts another change of the datastore, which stays in progress until the end of the test. Returns the id. */
async function busy(id: string): Promise<string> {
  frozen();
  const body = { GlobalReplicationGroupDescription: 'another' };
  expect(await call(`PATCH /global-datastores/${id}`, { body })).toMatchObject({ status: 202 });
  return id;
}

/** Changes quotas of the account until the end of the test. */
function limited(quotas: Partial<typeof emulator.store.options.quotas>): void {
  const { options } = emulator.store;
  const before = { ...options.quotas };
  Object.assign(options.quotas, quotas);
  onTestFinished(() => void Object.assign(options.quotas, before));
}

const creating = (PrimaryReplicationGroupId: string, GlobalReplicationGroupIdSuffix = aName()): Request => ({
  request: 'POST /global-datastores',
  body: { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId },
});
const modifying = (id: string, body: object): Request => ({ request: `PATCH /global-datastores/${id}`, body });
const deleting = (id: string): Request => ({ request: `DELETE /global-datastores/${id}` });
const failingOver = (id: string, PrimaryRegion: string, PrimaryReplicationGroupId?: string): Request => ({
  request: `POST /global-datastores/${id}/failover`,
  body: { PrimaryRegion, PrimaryReplicationGroupId },
});
const adding = (id: string, body: object = {}): Request => ({
  request: `POST /global-datastores/${id}/members`,
  body: { ReplicationGroupId: aName(), ReplicationGroupRegion: 'eu-west-1', ...body },
});
const removing = (id: string, region: string): Request => ({
  request: `DELETE /global-datastores/${id}/members/${region}/${id.slice('ldgnf-'.length)}-${region}`,
});
const changingMember = (id: string, body: object, region = 'eu-west-1'): Request => ({
  request: `PATCH /global-datastores/${id}/members/${region}/${id.slice('ldgnf-'.length)}-${region}`,
  body,
});
const scaling = (id: string, body: object): Request => ({ request: `PUT /global-datastores/${id}/node-groups`, body });
const rebalancing = (id: string): Request => ({ request: `POST /global-datastores/${id}/rebalance` });

/** Returns the situations of one operation. AWS refuses `action` in each of them, unless the row names another action. */
const of = (operation: string, action: string, rows: Row[]): Situation[] =>
  rows.map(([fault, when, arrange, instead = action]) => ({ operation, fault, action: instead, when, arrange }));

type Row = [fault: string, when: string, arrange: () => Promise<Request>, instead?: string];

const describing = 'DescribeGlobalReplicationGroups';
const busyDatastore = 'InvalidGlobalReplicationGroupStateFault';
const noDatastore = 'GlobalReplicationGroupNotFoundFault';
const badValue = 'InvalidParameterValueException';
const badCombination = 'InvalidParameterCombinationException';

const situations: Situation[] = [
  ...of('createGlobalDatastore', 'CreateGlobalReplicationGroup', [
    ['ReplicationGroupNotFoundFault', 'there is no such primary', async () => creating('nobody')],
    [
      'ReplicationGroupNotFoundFault',
      'the primary is in another region',
      async () => {
        await emulator.seed('elsewhere', 'eu-west-1');
        return creating('elsewhere');
      },
    ],
    [
      'InvalidReplicationGroupStateFault',
      'the primary is being modified',
      async () => {
        const ReplicationGroupId = await aGroup();
        frozen();
        const change = { ReplicationGroupId, ApplyImmediately: true, CacheNodeType: 'cache.r7g.xlarge' };
        await emulator.client('us-east-1').send(new ModifyReplicationGroupCommand(change));
        return creating(ReplicationGroupId);
      },
    ],
    [
      'GlobalReplicationGroupAlreadyExistsFault',
      'the suffix is taken',
      async () => creating(await aGroup(), (await aDatastore()).slice('ldgnf-'.length)),
    ],
    [
      'ServiceLinkedRoleNotFoundFault',
      'the account has no service-linked role',
      async () => {
        await serviceLinkedRole(false);
        onTestFinished(() => serviceLinkedRole(true));
        return creating(await aGroup());
      },
    ],
    [
      badValue,
      'the node type is of a family too small',
      async () => creating(await aGroup({ CacheNodeType: 'cache.t4g.medium' })),
    ],
    [
      badValue,
      'the engine is too old',
      async () => creating(await aGroup({ Engine: 'redis', EngineVersion: '5.0.5', CacheNodeType: 'cache.r5.large' })),
    ],
    [badValue, 'the network is not ipv4', async () => creating(await aGroup({ NetworkType: 'dual_stack' }))],
    [
      badValue,
      'the primary belongs to a datastore',
      async () => creating(`${(await aDatastore()).slice(6)}-us-east-1`),
    ],
  ]),

  ...of('listGlobalDatastores', describing, [
    [
      badValue,
      'the Marker contains one that AWS refuses',
      async () => {
        const cursors = regions.map((region) => ({ region, marker: 'of-yesterday', listed: [] }));
        return { request: `GET /global-datastores?Marker=${seal(encodeMarker(cursors), '/global-datastores')}` };
      },
    ],
  ]),

  ...of('getGlobalDatastore', describing, [
    [noDatastore, 'there is no such datastore', async () => ({ request: 'GET /global-datastores/ldgnf-nobody' })],
  ]),

  ...of('getReplication', describing, [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({ request: 'GET /global-datastores/ldgnf-nobody/replication' }),
    ],
  ]),

  ...of('getConnection', describing, [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({ request: 'GET /global-datastores/ldgnf-nobody/connection' }),
    ],
  ]),

  ...of('modifyGlobalDatastore', 'ModifyGlobalReplicationGroup', [
    [
      noDatastore,
      'there is no such datastore',
      async () => modifying('ldgnf-nobody', { EngineVersion: '8.1' }),
      describing,
    ],
    [
      busyDatastore,
      'it is being created',
      async () => {
        const primary = await aGroup();
        frozen();
        const { request, body } = creating(primary);
        const { headers } = await call(request, { body });
        return { request: `PATCH ${headers.location}`, body: { EngineVersion: '8.1' } };
      },
    ],
    [
      busyDatastore,
      'it is being modified',
      async () => modifying(await busy(await aDatastore()), { EngineVersion: '8.1' }),
    ],
    [badValue, 'it is a downgrade', async () => modifying(await aDatastore(), { EngineVersion: '7.2' })],
    [
      badValue,
      'a parameter group comes without a new major version',
      async () => modifying(await aDatastore(), { EngineVersion: '8.1', CacheParameterGroupName: 'default.valkey8' }),
    ],
    [
      badValue,
      'the node type is of a family too small',
      async () => modifying(await aDatastore(), { CacheNodeType: 'cache.t4g.medium' }),
    ],
    [
      badValue,
      'failover cannot be off with cluster mode',
      async () => modifying(await aDatastore([], clusterMode), { AutomaticFailoverEnabled: false }),
    ],
  ]),

  ...of('deleteGlobalDatastore', 'DeleteGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => deleting('ldgnf-nobody'), describing],
    [busyDatastore, 'it is being modified', async () => deleting(await busy(await aDatastore()))],
    [
      busyDatastore,
      'it is being deleted',
      async () => {
        const id = await aDatastore();
        frozen();
        await call(`DELETE /global-datastores/${id}`);
        return deleting(id);
      },
    ],
  ]),

  ...of('applyTopology', describing, [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({
        request: 'PUT /global-datastores/ldgnf-nobody/topology',
        body: { Members: [{ ReplicationGroupId: 'a', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' }] },
      }),
    ],
  ]),

  ...of('failoverGlobalDatastore', 'FailoverGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => failingOver('ldgnf-nobody', 'eu-west-1', 'nobody')],
    [
      noDatastore,
      'there is no such datastore and the request names no member',
      async () => failingOver('ldgnf-nobody', 'eu-west-1'),
      describing,
    ],
    [busyDatastore, 'there is no secondary', async () => failingOver(await aDatastore(), 'us-east-1')],
    [
      busyDatastore,
      'the target is being added',
      async () => {
        const id = await aDatastore(['eu-west-1']);
        frozen();
        const { request, body } = adding(id, { ReplicationGroupRegion: 'ap-southeast-2' });
        await call(request, { body });
        return failingOver(id, 'ap-southeast-2');
      },
    ],
    [
      busyDatastore,
      'the target is being removed',
      async () => {
        const id = await aDatastore(['eu-west-1', 'ap-southeast-2']);
        frozen();
        await call(removing(id, 'eu-west-1').request);
        return failingOver(id, 'eu-west-1');
      },
    ],
    [badValue, 'the target is the primary', async () => failingOver(await aDatastore(['eu-west-1']), 'us-east-1')],
    [
      badValue,
      'the target is no member',
      async () => failingOver(await aDatastore(['eu-west-1']), 'eu-west-1', 'nobody'),
    ],
  ]),

  ...of('addMember', 'DescribeGlobalReplicationGroups', [
    [noDatastore, 'there is no such datastore', async () => adding('ldgnf-nobody')],
  ]),

  ...of('addMember', 'CreateReplicationGroup', [
    [busyDatastore, 'it is being modified', async () => adding(await busy(await aDatastore()))],
    [
      'ReplicationGroupAlreadyExistsFault',
      'the id is taken in that region',
      async () => {
        const ReplicationGroupId = aName();
        await emulator.seed(ReplicationGroupId, 'eu-west-1');
        return adding(await aDatastore(), { ReplicationGroupId });
      },
    ],
    [
      'CacheSubnetGroupNotFoundFault',
      'there is no such subnet group',
      async () => adding(await aDatastore(), { CacheSubnetGroupName: 'nowhere' }),
    ],
    [
      'UserGroupNotFoundFault',
      'there is no such user group',
      async () => adding(await aDatastore([], { TransitEncryptionEnabled: true }), { UserGroupIds: ['nobody'] }),
    ],
    [
      'InvalidUserGroupStateFault',
      'the user group is being deleted',
      async () => adding(await aDatastore([], { TransitEncryptionEnabled: true }), { UserGroupIds: ['fading'] }),
    ],
    [
      'InsufficientCacheClusterCapacityFault',
      'AWS has no capacity for the node type',
      async () => {
        const id = await aDatastore([], { CacheNodeType: 'cache.m6g.large' });
        emulator.store.options.existing.withoutCapacity.push('cache.m6g.large');
        onTestFinished(() => void emulator.store.options.existing.withoutCapacity.pop());
        return adding(id);
      },
    ],
    [
      'ClusterQuotaForCustomerExceededFault',
      'the quota of clusters in the region is reached',
      async () => {
        const id = await aDatastore();
        limited({ replicationGroups: emulator.store.viewFrom('eu-west-1').listReplicationGroups().length });
        return adding(id);
      },
    ],
    [
      'NodeQuotaForClusterExceededFault',
      'it would have too many nodes',
      async () => {
        const id = await aDatastore([], clusterMode);
        limited({ nodesPerCluster: 6 });
        return adding(id, { ReplicasPerNodeGroup: 3 });
      },
    ],
    [
      'NodeQuotaForCustomerExceededFault',
      'the quota of nodes in the region is reached',
      async () => {
        const id = await aDatastore();
        limited({ nodes: 3 });
        return adding(id, { NumCacheClusters: 4 });
      },
    ],
    [
      'NodeGroupsPerReplicationGroupQuotaExceededFault',
      'the primary has more node groups than the quota allows',
      async () => {
        const id = await aDatastore([], { ...clusterMode, NumNodeGroups: 3 });
        limited({ nodeGroups: 2 });
        return adding(id);
      },
    ],
    [
      'TagQuotaPerResourceExceeded',
      'it would have too many tags',
      async () => {
        limited({ tags: 2 });
        return adding(await aDatastore(), { Tags: ['a', 'b', 'c'].map((Key) => ({ Key })) });
      },
    ],
    [
      badValue,
      'it is the third secondary',
      async () => adding(await aDatastore(['eu-west-1', 'ap-southeast-2']), { ReplicationGroupRegion: 'ca-central-1' }),
    ],
    [badValue, 'the region has a member', async () => adding(await aDatastore(['eu-west-1']))],
    [
      badValue,
      'the region does not support global datastores',
      async () => adding(await aDatastore(), { ReplicationGroupRegion: 'ap-east-2' }),
    ],
    [
      badValue,
      'the zones are of another region',
      async () => adding(await aDatastore(), { PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1b'] }),
    ],
    [badValue, 'the tag is one of AWS', async () => adding(await aDatastore(), { Tags: [{ Key: 'aws:mine' }] })],
    [
      badCombination,
      'the count of nodes is for cluster mode disabled',
      async () => adding(await aDatastore([], clusterMode), { NumCacheClusters: 2 }),
    ],
    [
      badCombination,
      'the primary has no password',
      async () => adding(await aDatastore(), { AuthToken: 'a-password-of-16-characters' }),
    ],
    [
      badCombination,
      'the primary has no encryption for user groups',
      async () => adding(await aDatastore(), { UserGroupIds: ['readers'] }),
    ],
    [
      badCombination,
      'Multi-AZ has one node only',
      async () => adding(await aDatastore(), { MultiAZEnabled: true, NumCacheClusters: 1 }),
    ],
  ]),

  ...of('removeMember', 'DisassociateGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => removing('ldgnf-nobody', 'eu-west-1'), describing],
    [
      busyDatastore,
      'it is being modified',
      async () => removing(await busy(await aDatastore(['eu-west-1'])), 'eu-west-1'),
    ],
    [badValue, 'the member is the primary', async () => removing(await aDatastore(['eu-west-1']), 'us-east-1')],
  ]),

  ...of('scaleNodeGroups', 'IncreaseNodeGroupsInGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => scaling('ldgnf-nobody', { NodeGroupCount: 3 }), describing],
    [
      busyDatastore,
      'it is being modified',
      async () => scaling(await busy(await aDatastore([], clusterMode)), { NodeGroupCount: 3 }),
    ],
    [
      busyDatastore,
      'it is being modified and the new count is lower',
      async () => scaling(await busy(await aDatastore([], clusterMode)), { NodeGroupCount: 1 }),
      'DecreaseNodeGroupsInGlobalReplicationGroup',
    ],
    [badValue, 'it has no cluster mode', async () => scaling(await aDatastore(), { NodeGroupCount: 3 })],
    [
      badValue,
      'there would be too many nodes',
      async () => {
        const id = await aDatastore([], clusterMode);
        limited({ nodesPerCluster: 5 });
        return scaling(id, { NodeGroupCount: 3 });
      },
    ],
    [
      badValue,
      'there is no such node group to keep',
      async () => {
        const id = await aDatastore([], clusterMode);
        return scaling(id, { NodeGroupCount: 1, GlobalNodeGroupsToRetain: [`${id}-0009`] });
      },
      'DecreaseNodeGroupsInGlobalReplicationGroup',
    ],
  ]),

  ...of('modifyMember', 'ModifyReplicationGroup', [
    [
      noDatastore,
      'there is no such datastore',
      async () => changingMember('ldgnf-nobody', { SnapshotRetentionLimit: 3 }),
      describing,
    ],
    [
      'InvalidReplicationGroupStateFault',
      'the datastore is being scaled',
      async () => {
        const id = await aDatastore(['eu-west-1']);
        frozen();
        await call(`PATCH /global-datastores/${id}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
        return changingMember(id, { SnapshotRetentionLimit: 3 });
      },
    ],
    [
      badValue,
      'its windows would overlap',
      async () => {
        const id = await aDatastore(['eu-west-1']);
        const PreferredMaintenanceWindow = 'sun:03:00-sun:04:00';
        await call(changingMember(id, {}).request, { body: { PreferredMaintenanceWindow } });
        return changingMember(id, { SnapshotWindow: '03:30-04:30' });
      },
    ],
    [
      badCombination,
      'a user group needs encryption',
      async () => changingMember(await aDatastore(['eu-west-1']), { UserGroupIds: ['readers'] }),
    ],
    [
      'UserGroupNotFoundFault',
      'there is no such user group',
      async () =>
        changingMember(await aDatastore(['eu-west-1'], { TransitEncryptionEnabled: true }), { UserGroupIds: ['none'] }),
    ],
    [
      'InvalidUserGroupStateFault',
      'the user group is being deleted',
      async () =>
        changingMember(await aDatastore(['eu-west-1'], { TransitEncryptionEnabled: true }), {
          UserGroupIds: ['fading'],
        }),
    ],
    [
      'InsufficientCacheClusterCapacityFault',
      'AWS has no capacity for the node type',
      async () => {
        const id = await aDatastore(['eu-west-1'], { CacheNodeType: 'cache.m6g.large' });
        emulator.store.options.existing.withoutCapacity.push('cache.m6g.large');
        onTestFinished(() => void emulator.store.options.existing.withoutCapacity.pop());
        return changingMember(id, { NumCacheClusters: 3 });
      },
      'IncreaseReplicaCount',
    ],
    [
      'NodeQuotaForCustomerExceededFault',
      'the quota of nodes in the region is reached',
      async () => {
        const id = await aDatastore(['eu-west-1']);
        limited({ nodes: 2 });
        return changingMember(id, { NumCacheClusters: 3 });
      },
      'IncreaseReplicaCount',
    ],
    [
      'TagQuotaPerResourceExceeded',
      'it would have too many tags',
      async () => {
        const id = await aDatastore(['eu-west-1']);
        limited({ tags: 1 });
        return changingMember(id, { Tags: ['a', 'b'].map((Key) => ({ Key, Value: '' })) });
      },
      'AddTagsToResource',
    ],
  ]),

  ...of('rebalanceSlots', 'RebalanceSlotsInGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => rebalancing('ldgnf-nobody'), describing],
    [busyDatastore, 'it is being modified', async () => rebalancing(await busy(await aDatastore([], clusterMode)))],
    [badValue, 'it has no cluster mode', async () => rebalancing(await aDatastore())],
  ]),

  ...of('startDrill', 'DescribeGlobalReplicationGroups', [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({
        request: 'POST /global-datastores/ldgnf-nobody/drills',
        body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Nobody' },
      }),
    ],
  ]),

  ...of('rotateAuthToken', 'DescribeGlobalReplicationGroups', [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({
        request: 'POST /global-datastores/ldgnf-nobody/auth-token',
        body: { AuthTokenSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:elasticache/nobody' },
      }),
    ],
  ]),

  ...of('listReplicationGroups', 'DescribeReplicationGroups', [
    [
      badValue,
      'the Marker contains one that AWS refuses',
      async () => ({ request: `GET /replication-groups?Marker=${seal('of-yesterday', '/replication-groups')}` }),
    ],
  ]),

  ...of('getReplicationGroup', 'DescribeReplicationGroups', [
    [
      'ReplicationGroupNotFoundFault',
      'there is no such group',
      async () => ({ request: 'GET /replication-groups/eu-west-1/nobody' }),
    ],
  ]),
];

const everything = '*';
const unsent = 'the schema refuses the parameter that leads to it';

/** The errors that AWS documents and no situation causes, with their operations and the reason. */
const without: [operations: string[] | typeof everything, fault: string, why: string][] = [
  [
    everything,
    badCombination,
    'no two of the parameters that are sent contradict each other (DecreaseNodeGroups: the schema takes one list)',
  ],
  [['modifyMember'], 'ReplicationGroupNotFoundFault', 'a group that its region does not know is no member'],
  [['modifyMember'], 'CacheClusterNotFoundFault', 'the node is one that AWS has just named'],
  [['modifyMember'], 'CacheParameterGroupNotFoundFault', `${unsent}: CacheParameterGroupName`],
  [['modifyMember'], 'InvalidKMSKeyFault', `${unsent}: KmsKeyId`],
  [['modifyMember'], 'NoOperationFault', 'the same number of replicas is not sent'],
  [['modifyMember'], 'TagNotFoundFault', 'a tag that is not there is not removed'],
  [['modifyMember'], 'InvalidARNFault', 'the ARN is one that AWS has just returned'],
  ...['CacheSecurityGroupNotFoundFault', 'InvalidCacheSecurityGroupStateFault'].map(
    (name): [string[], string, string] => [['modifyMember'], name, `${unsent}: CacheSecurityGroupNames`],
  ),
  ...['InvalidCacheClusterStateFault', 'InvalidVPCNetworkStateFault', 'ServiceLinkedRoleNotFoundFault'].map(
    (name): [string[], string, string] => [['modifyMember'], name, 'the emulator has no such state of a group'],
  ),
  ...[
    'ClusterQuotaForCustomerExceededFault',
    'NodeGroupsPerReplicationGroupQuotaExceededFault',
    'NodeQuotaForClusterExceededFault',
  ].map((name): [string[], string, string] => [['modifyMember'], name, 'it adds neither clusters nor node groups']),
  ...[
    'CacheSubnetGroupNotFoundFault',
    'InvalidServerlessCacheSnapshotStateFault',
    'InvalidServerlessCacheStateFault',
    'ReservedCacheNodeNotFoundFault',
    'ServerlessCacheNotFoundFault',
    'ServerlessCacheSnapshotNotFoundFault',
    'SnapshotNotFoundFault',
    'UserNotFoundFault',
  ].map((name): [string[], string, string] => [['modifyMember'], name, 'the tags are those of a replication group']),
  [['getReplication'], badValue, 'only an id is sent, which has passed the schema'],
  [['getConnection'], badValue, 'only an id is sent, which has passed the schema'],
  [['getGlobalDatastore'], badValue, 'only an id is sent, which has passed the schema'],
  [['getReplicationGroup'], badValue, 'only an id is sent, which has passed the schema'],
  [['applyTopology'], badValue, 'only ids are sent, which have passed the schema'],
  [['startDrill'], badValue, 'only ids are sent, which have passed the schema'],
  [['rotateAuthToken'], badValue, 'only ids are sent, which have passed the schema'],
  [['startEvacuation'], badValue, 'only a Marker of AWS is sent'],
  [['startEvacuation'], noDatastore, 'no id is sent'],
  [['rotateAuthToken'], 'ReplicationGroupNotFoundFault', 'a member that does not exist, yet, is waited for'],
  [['deleteGlobalDatastore'], badValue, 'RetainPrimaryReplicationGroup is never sent as false'],
  [['listGlobalDatastores'], noDatastore, 'no id is sent'],
  [['listReplicationGroups'], 'ReplicationGroupNotFoundFault', 'no id is sent'],
  [['createGlobalDatastore'], noDatastore, 'no id is sent, but of a datastore that a replication group names'],
  [
    ['createGlobalDatastore'],
    'CacheClusterNotFoundFault',
    'only a dry run asks for nodes, and tells what it cannot learn',
  ],
  [['addMember'], 'ReplicationGroupNotFoundFault', 'a group that does not exist is what an add needs'],
  [['addMember'], 'CacheClusterNotFoundFault', `${unsent}: PrimaryClusterId`],
  [['addMember'], 'InvalidCacheClusterStateFault', `${unsent}: PrimaryClusterId`],
  [['addMember'], 'CacheParameterGroupNotFoundFault', `${unsent}: CacheParameterGroupName`],
  [['addMember'], 'CacheSecurityGroupNotFoundFault', `${unsent}: CacheSecurityGroupNames`],
  [['addMember'], 'InvalidVPCNetworkStateFault', 'the emulator has no VPCs'],
];

/** The expected HTTP statuses, written by hand. */
const statuses: Readonly<Record<string, number>> = {
  GlobalReplicationGroupNotFoundFault: 404,
  ReplicationGroupNotFoundFault: 404,
  CacheSubnetGroupNotFoundFault: 404,
  UserGroupNotFoundFault: 404,
  GlobalReplicationGroupAlreadyExistsFault: 409,
  ReplicationGroupAlreadyExistsFault: 409,
  InvalidGlobalReplicationGroupStateFault: 409,
  InvalidReplicationGroupStateFault: 409,
  InvalidUserGroupStateFault: 409,
  ClusterQuotaForCustomerExceededFault: 409,
  NodeQuotaForClusterExceededFault: 409,
  NodeQuotaForCustomerExceededFault: 409,
  NodeGroupsPerReplicationGroupQuotaExceededFault: 409,
  TagQuotaPerResourceExceeded: 409,
  ServiceLinkedRoleNotFoundFault: 424,
  InsufficientCacheClusterCapacityFault: 503,
  InvalidParameterValueException: 400,
  InvalidParameterCombinationException: 400,
};

describe('a refusal of AWS has its own code', () => {
  it.each(situations)('$operation: $fault, when $when', async ({ operation, fault, action, arrange }) => {
    const { request, body } = await arrange();
    await emulator.calls();

    const answer = await call(request, { body });

    expect(answer).toMatchObject({
      status: statuses[fault],
      body: { code: fault, type: expect.stringContaining(fault) },
    });
    const { code: Code, region: Region } = answer.body.upstream;
    expect(await emulator.calls()).toContainEqual(expect.objectContaining({ Action: action, Code, Region }));
    expect(routes[operation]?.awsActions).toContain(action);
    expect(request).toMatch(new RegExp(`^${routes[operation]?.method} ${pathPattern(operation)}`));
  });
});

describe('every error that AWS documents for a call of an operation', () => {
  const pairs = Object.entries(routes).flatMap(([operation, { awsActions }]) =>
    [...new Set(awsActions.flatMap(modelledBy))].map((fault) => `${operation} ${fault}`),
  );
  const caused = new Set(situations.map(({ operation, fault }) => `${operation} ${fault}`));
  const reasoned = (pair: string) =>
    without.some(([operations, fault]) =>
      operations === everything
        ? pair.endsWith(` ${fault}`) && !caused.has(pair)
        : operations.some((operation) => pair === `${operation} ${fault}`),
    );

  it('is caused by a scenario, or has a reason why it is not', () => {
    expect(pairs.filter((pair) => !caused.has(pair) && !reasoned(pair))).toEqual([]);
  });

  it('has either a scenario or a reason', () => {
    expect([...caused].filter(reasoned)).toEqual([]);
  });

  it('is documented by the SDK', () => {
    const named = without.flatMap(([operations, fault]) =>
      operations === everything ? [] : operations.map((operation) => `${operation} ${fault}`),
    );

    expect([...caused, ...named].filter((pair) => !pairs.includes(pair))).toEqual([]);
  });

  afterAll(() => {
    const count = pairs.filter((pair) => caused.has(pair)).length;
    console.log(`${count} of ${pairs.length} (operation, fault) pairs caused by a real situation`);
  });
});

const pathPattern = (operation: string) => routes[operation]?.path.replace(/\{\w+\}/g, '[^/]+') ?? 'none';

/** Returns the class names of the errors that the SDK documents for an AWS action. */
function modelledBy(action: string): string[] {
  const path = `node_modules/@aws-sdk/client-elasticache/dist-types/commands/${action}Command.d.ts`;
  const names = [...readFileSync(path, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name ?? '');
  return names.filter((name) => name !== 'ElastiCacheServiceException');
}

async function serviceLinkedRole(Exists: boolean): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const role = { method: 'POST', headers, body: JSON.stringify({ Exists }) };
  expect(await fetch(`${emulator.url}/_emulator/service-linked-role`, role)).toMatchObject({ ok: true });
}
