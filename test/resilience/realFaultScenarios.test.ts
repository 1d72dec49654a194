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

let counter = 0;
const nextName = () => `store-${++counter}`;
const makeDatastore = (
  secondaries: readonly string[] = [],
  primary: Partial<CreateReplicationGroupCommandInput> = {},
) => make(nextName(), secondaries, primary);

/** Freezes the transitions of the emulator until the end of the test. */
const freezeUntilTestEnd = () => onTestFinished(freeze());

async function seedGroup(input: Partial<CreateReplicationGroupCommandInput> = {}): Promise<string> {
  const name = nextName();
  await emulator.seed(name, 'us-east-1', input);
  return name;
}

/** Starts another change of the datastore, which stays in progress until the end of the test. Returns the id. */
async function startChange(id: string): Promise<string> {
  freezeUntilTestEnd();
  const body = { GlobalReplicationGroupDescription: 'another' };
  expect(await call(`PATCH /global-datastores/${id}`, { body })).toMatchObject({ status: 202 });
  return id;
}

/** Changes quotas of the account until the end of the test. */
function limitQuotas(quotas: Partial<typeof emulator.store.options.quotas>): void {
  const { options } = emulator.store;
  const before = { ...options.quotas };
  Object.assign(options.quotas, quotas);
  onTestFinished(() => void Object.assign(options.quotas, before));
}

const createRequest = (PrimaryReplicationGroupId: string, GlobalReplicationGroupIdSuffix = nextName()): Request => ({
  request: 'POST /global-datastores',
  body: { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId },
});
const modifyRequest = (id: string, body: object): Request => ({ request: `PATCH /global-datastores/${id}`, body });
const deleteRequest = (id: string): Request => ({ request: `DELETE /global-datastores/${id}` });
const failoverRequest = (id: string, PrimaryRegion: string, PrimaryReplicationGroupId?: string): Request => ({
  request: `POST /global-datastores/${id}/failover`,
  body: { PrimaryRegion, PrimaryReplicationGroupId },
});
const addRequest = (id: string, body: object = {}): Request => ({
  request: `POST /global-datastores/${id}/members`,
  body: { ReplicationGroupId: nextName(), ReplicationGroupRegion: 'eu-west-1', ...body },
});
const removeRequest = (id: string, region: string): Request => ({
  request: `DELETE /global-datastores/${id}/members/${region}/${id.slice('ldgnf-'.length)}-${region}`,
});
const modifyMemberRequest = (id: string, body: object, region = 'eu-west-1'): Request => ({
  request: `PATCH /global-datastores/${id}/members/${region}/${id.slice('ldgnf-'.length)}-${region}`,
  body,
});
const scaleRequest = (id: string, body: object): Request => ({
  request: `PUT /global-datastores/${id}/node-groups`,
  body,
});
const rebalanceRequest = (id: string): Request => ({ request: `POST /global-datastores/${id}/rebalance` });

/** Returns the situations of one operation. AWS refuses `action` in each of them, unless the row names another action. */
const of = (operation: string, action: string, rows: Row[]): Situation[] =>
  rows.map(([fault, when, arrange, instead = action]) => ({ operation, fault, action: instead, when, arrange }));

type Row = [fault: string, when: string, arrange: () => Promise<Request>, instead?: string];

const describeAction = 'DescribeGlobalReplicationGroups';
const busyDatastore = 'InvalidGlobalReplicationGroupStateFault';
const noDatastore = 'GlobalReplicationGroupNotFoundFault';
const badValue = 'InvalidParameterValueException';
const badCombination = 'InvalidParameterCombinationException';

const situations: Situation[] = [
  ...of('createGlobalDatastore', 'CreateGlobalReplicationGroup', [
    ['ReplicationGroupNotFoundFault', 'there is no such primary', async () => createRequest('nobody')],
    [
      'ReplicationGroupNotFoundFault',
      'the primary is in another region',
      async () => {
        await emulator.seed('elsewhere', 'eu-west-1');
        return createRequest('elsewhere');
      },
    ],
    [
      'InvalidReplicationGroupStateFault',
      'the primary is being modified',
      async () => {
        const ReplicationGroupId = await seedGroup();
        freezeUntilTestEnd();
        const change = { ReplicationGroupId, ApplyImmediately: true, CacheNodeType: 'cache.r7g.xlarge' };
        await emulator.client('us-east-1').send(new ModifyReplicationGroupCommand(change));
        return createRequest(ReplicationGroupId);
      },
    ],
    [
      'GlobalReplicationGroupAlreadyExistsFault',
      'the suffix is taken',
      async () => createRequest(await seedGroup(), (await makeDatastore()).slice('ldgnf-'.length)),
    ],
    [
      'ServiceLinkedRoleNotFoundFault',
      'the account has no service-linked role',
      async () => {
        await setServiceLinkedRole(false);
        onTestFinished(() => setServiceLinkedRole(true));
        return createRequest(await seedGroup());
      },
    ],
    [
      badValue,
      'the node type is of a family too small',
      async () => createRequest(await seedGroup({ CacheNodeType: 'cache.t4g.medium' })),
    ],
    [
      badValue,
      'the engine is too old',
      async () =>
        createRequest(await seedGroup({ Engine: 'redis', EngineVersion: '5.0.5', CacheNodeType: 'cache.r5.large' })),
    ],
    [badValue, 'the network is not ipv4', async () => createRequest(await seedGroup({ NetworkType: 'dual_stack' }))],
    [
      badValue,
      'the primary belongs to a datastore',
      async () => createRequest(`${(await makeDatastore()).slice(6)}-us-east-1`),
    ],
  ]),

  ...of('listGlobalDatastores', describeAction, [
    [
      badValue,
      'the Marker contains one that AWS refuses',
      async () => {
        const cursors = regions.map((region) => ({ region, marker: 'of-yesterday', listed: [] }));
        return { request: `GET /global-datastores?Marker=${seal(encodeMarker(cursors), '/global-datastores')}` };
      },
    ],
  ]),

  ...of('getGlobalDatastore', describeAction, [
    [noDatastore, 'there is no such datastore', async () => ({ request: 'GET /global-datastores/ldgnf-nobody' })],
  ]),

  ...of('getReplication', describeAction, [
    [
      noDatastore,
      'there is no such datastore',
      async () => ({ request: 'GET /global-datastores/ldgnf-nobody/replication' }),
    ],
  ]),

  ...of('getConnection', describeAction, [
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
      async () => modifyRequest('ldgnf-nobody', { EngineVersion: '8.1' }),
      describeAction,
    ],
    [
      busyDatastore,
      'it is being created',
      async () => {
        const primary = await seedGroup();
        freezeUntilTestEnd();
        const { request, body } = createRequest(primary);
        const { headers } = await call(request, { body });
        return { request: `PATCH ${headers.location}`, body: { EngineVersion: '8.1' } };
      },
    ],
    [
      busyDatastore,
      'it is being modified',
      async () => modifyRequest(await startChange(await makeDatastore()), { EngineVersion: '8.1' }),
    ],
    [badValue, 'it is a downgrade', async () => modifyRequest(await makeDatastore(), { EngineVersion: '7.2' })],
    [
      badValue,
      'a parameter group comes without a new major version',
      async () =>
        modifyRequest(await makeDatastore(), { EngineVersion: '8.1', CacheParameterGroupName: 'default.valkey8' }),
    ],
    [
      badValue,
      'the node type is of a family too small',
      async () => modifyRequest(await makeDatastore(), { CacheNodeType: 'cache.t4g.medium' }),
    ],
    [
      badValue,
      'failover cannot be off with cluster mode',
      async () => modifyRequest(await makeDatastore([], clusterMode), { AutomaticFailoverEnabled: false }),
    ],
  ]),

  ...of('deleteGlobalDatastore', 'DeleteGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => deleteRequest('ldgnf-nobody'), describeAction],
    [busyDatastore, 'it is being modified', async () => deleteRequest(await startChange(await makeDatastore()))],
    [
      busyDatastore,
      'it is being deleted',
      async () => {
        const id = await makeDatastore();
        freezeUntilTestEnd();
        await call(`DELETE /global-datastores/${id}`);
        return deleteRequest(id);
      },
    ],
  ]),

  ...of('applyTopology', describeAction, [
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
    [noDatastore, 'there is no such datastore', async () => failoverRequest('ldgnf-nobody', 'eu-west-1', 'nobody')],
    [
      noDatastore,
      'there is no such datastore and the request names no member',
      async () => failoverRequest('ldgnf-nobody', 'eu-west-1'),
      describeAction,
    ],
    [busyDatastore, 'there is no secondary', async () => failoverRequest(await makeDatastore(), 'us-east-1')],
    [
      busyDatastore,
      'the target is being added',
      async () => {
        const id = await makeDatastore(['eu-west-1']);
        freezeUntilTestEnd();
        const { request, body } = addRequest(id, { ReplicationGroupRegion: 'ap-southeast-2' });
        await call(request, { body });
        return failoverRequest(id, 'ap-southeast-2');
      },
    ],
    [
      busyDatastore,
      'the target is being removed',
      async () => {
        const id = await makeDatastore(['eu-west-1', 'ap-southeast-2']);
        freezeUntilTestEnd();
        await call(removeRequest(id, 'eu-west-1').request);
        return failoverRequest(id, 'eu-west-1');
      },
    ],
    [
      badValue,
      'the target is the primary',
      async () => failoverRequest(await makeDatastore(['eu-west-1']), 'us-east-1'),
    ],
    [
      badValue,
      'the target is no member',
      async () => failoverRequest(await makeDatastore(['eu-west-1']), 'eu-west-1', 'nobody'),
    ],
  ]),

  ...of('addMember', 'DescribeGlobalReplicationGroups', [
    [noDatastore, 'there is no such datastore', async () => addRequest('ldgnf-nobody')],
  ]),

  ...of('addMember', 'CreateReplicationGroup', [
    [busyDatastore, 'it is being modified', async () => addRequest(await startChange(await makeDatastore()))],
    [
      'ReplicationGroupAlreadyExistsFault',
      'the id is taken in that region',
      async () => {
        const ReplicationGroupId = nextName();
        await emulator.seed(ReplicationGroupId, 'eu-west-1');
        return addRequest(await makeDatastore(), { ReplicationGroupId });
      },
    ],
    [
      'CacheSubnetGroupNotFoundFault',
      'there is no such subnet group',
      async () => addRequest(await makeDatastore(), { CacheSubnetGroupName: 'nowhere' }),
    ],
    [
      'UserGroupNotFoundFault',
      'there is no such user group',
      async () => addRequest(await makeDatastore([], { TransitEncryptionEnabled: true }), { UserGroupIds: ['nobody'] }),
    ],
    [
      'InvalidUserGroupStateFault',
      'the user group is being deleted',
      async () => addRequest(await makeDatastore([], { TransitEncryptionEnabled: true }), { UserGroupIds: ['fading'] }),
    ],
    [
      'InsufficientCacheClusterCapacityFault',
      'AWS has no capacity for the node type',
      async () => {
        const id = await makeDatastore([], { CacheNodeType: 'cache.m6g.large' });
        emulator.store.options.existing.withoutCapacity.push('cache.m6g.large');
        onTestFinished(() => void emulator.store.options.existing.withoutCapacity.pop());
        return addRequest(id);
      },
    ],
    [
      'ClusterQuotaForCustomerExceededFault',
      'the quota of clusters in the region is reached',
      async () => {
        const id = await makeDatastore();
        limitQuotas({ replicationGroups: emulator.store.viewFrom('eu-west-1').listReplicationGroups().length });
        return addRequest(id);
      },
    ],
    [
      'NodeQuotaForClusterExceededFault',
      'it would have too many nodes',
      async () => {
        const id = await makeDatastore([], clusterMode);
        limitQuotas({ nodesPerCluster: 6 });
        return addRequest(id, { ReplicasPerNodeGroup: 3 });
      },
    ],
    [
      'NodeQuotaForCustomerExceededFault',
      'the quota of nodes in the region is reached',
      async () => {
        const id = await makeDatastore();
        limitQuotas({ nodes: 3 });
        return addRequest(id, { NumCacheClusters: 4 });
      },
    ],
    [
      'NodeGroupsPerReplicationGroupQuotaExceededFault',
      'the primary has more node groups than the quota allows',
      async () => {
        const id = await makeDatastore([], { ...clusterMode, NumNodeGroups: 3 });
        limitQuotas({ nodeGroups: 2 });
        return addRequest(id);
      },
    ],
    [
      'TagQuotaPerResourceExceeded',
      'it would have too many tags',
      async () => {
        limitQuotas({ tags: 2 });
        return addRequest(await makeDatastore(), { Tags: ['a', 'b', 'c'].map((Key) => ({ Key })) });
      },
    ],
    [
      badValue,
      'it is the third secondary',
      async () =>
        addRequest(await makeDatastore(['eu-west-1', 'ap-southeast-2']), { ReplicationGroupRegion: 'ca-central-1' }),
    ],
    [badValue, 'the region has a member', async () => addRequest(await makeDatastore(['eu-west-1']))],
    [
      badValue,
      'the region does not support global datastores',
      async () => addRequest(await makeDatastore(), { ReplicationGroupRegion: 'ap-east-2' }),
    ],
    [
      badValue,
      'the zones are of another region',
      async () => addRequest(await makeDatastore(), { PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1b'] }),
    ],
    [badValue, 'the tag is one of AWS', async () => addRequest(await makeDatastore(), { Tags: [{ Key: 'aws:mine' }] })],
    [
      badCombination,
      'the count of nodes is for cluster mode disabled',
      async () => addRequest(await makeDatastore([], clusterMode), { NumCacheClusters: 2 }),
    ],
    [
      badCombination,
      'the primary has no password',
      async () => addRequest(await makeDatastore(), { AuthToken: 'a-password-of-16-characters' }),
    ],
    [
      badCombination,
      'the primary has no encryption for user groups',
      async () => addRequest(await makeDatastore(), { UserGroupIds: ['readers'] }),
    ],
    [
      badCombination,
      'Multi-AZ has one node only',
      async () => addRequest(await makeDatastore(), { MultiAZEnabled: true, NumCacheClusters: 1 }),
    ],
  ]),

  ...of('removeMember', 'DisassociateGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => removeRequest('ldgnf-nobody', 'eu-west-1'), describeAction],
    [
      busyDatastore,
      'it is being modified',
      async () => removeRequest(await startChange(await makeDatastore(['eu-west-1'])), 'eu-west-1'),
    ],
    [badValue, 'the member is the primary', async () => removeRequest(await makeDatastore(['eu-west-1']), 'us-east-1')],
  ]),

  ...of('scaleNodeGroups', 'IncreaseNodeGroupsInGlobalReplicationGroup', [
    [
      noDatastore,
      'there is no such datastore',
      async () => scaleRequest('ldgnf-nobody', { NodeGroupCount: 3 }),
      describeAction,
    ],
    [
      busyDatastore,
      'it is being modified',
      async () => scaleRequest(await startChange(await makeDatastore([], clusterMode)), { NodeGroupCount: 3 }),
    ],
    [
      busyDatastore,
      'it is being modified and the new count is lower',
      async () => scaleRequest(await startChange(await makeDatastore([], clusterMode)), { NodeGroupCount: 1 }),
      'DecreaseNodeGroupsInGlobalReplicationGroup',
    ],
    [badValue, 'it has no cluster mode', async () => scaleRequest(await makeDatastore(), { NodeGroupCount: 3 })],
    [
      badValue,
      'there would be too many nodes',
      async () => {
        const id = await makeDatastore([], clusterMode);
        limitQuotas({ nodesPerCluster: 5 });
        return scaleRequest(id, { NodeGroupCount: 3 });
      },
    ],
    [
      badValue,
      'there is no such node group to keep',
      async () => {
        const id = await makeDatastore([], clusterMode);
        return scaleRequest(id, { NodeGroupCount: 1, GlobalNodeGroupsToRetain: [`${id}-0009`] });
      },
      'DecreaseNodeGroupsInGlobalReplicationGroup',
    ],
  ]),

  ...of('modifyMember', 'ModifyReplicationGroup', [
    [
      noDatastore,
      'there is no such datastore',
      async () => modifyMemberRequest('ldgnf-nobody', { SnapshotRetentionLimit: 3 }),
      describeAction,
    ],
    [
      'InvalidReplicationGroupStateFault',
      'the datastore is being scaled',
      async () => {
        const id = await makeDatastore(['eu-west-1']);
        freezeUntilTestEnd();
        await call(`PATCH /global-datastores/${id}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
        return modifyMemberRequest(id, { SnapshotRetentionLimit: 3 });
      },
    ],
    [
      badValue,
      'its windows would overlap',
      async () => {
        const id = await makeDatastore(['eu-west-1']);
        const PreferredMaintenanceWindow = 'sun:03:00-sun:04:00';
        await call(modifyMemberRequest(id, {}).request, { body: { PreferredMaintenanceWindow } });
        return modifyMemberRequest(id, { SnapshotWindow: '03:30-04:30' });
      },
    ],
    [
      badCombination,
      'a user group needs encryption',
      async () => modifyMemberRequest(await makeDatastore(['eu-west-1']), { UserGroupIds: ['readers'] }),
    ],
    [
      'UserGroupNotFoundFault',
      'there is no such user group',
      async () =>
        modifyMemberRequest(await makeDatastore(['eu-west-1'], { TransitEncryptionEnabled: true }), {
          UserGroupIds: ['none'],
        }),
    ],
    [
      'InvalidUserGroupStateFault',
      'the user group is being deleted',
      async () =>
        modifyMemberRequest(await makeDatastore(['eu-west-1'], { TransitEncryptionEnabled: true }), {
          UserGroupIds: ['fading'],
        }),
    ],
    [
      'InsufficientCacheClusterCapacityFault',
      'AWS has no capacity for the node type',
      async () => {
        const id = await makeDatastore(['eu-west-1'], { CacheNodeType: 'cache.m6g.large' });
        emulator.store.options.existing.withoutCapacity.push('cache.m6g.large');
        onTestFinished(() => void emulator.store.options.existing.withoutCapacity.pop());
        return modifyMemberRequest(id, { NumCacheClusters: 3 });
      },
      'IncreaseReplicaCount',
    ],
    [
      'NodeQuotaForCustomerExceededFault',
      'the quota of nodes in the region is reached',
      async () => {
        const id = await makeDatastore(['eu-west-1']);
        limitQuotas({ nodes: 2 });
        return modifyMemberRequest(id, { NumCacheClusters: 3 });
      },
      'IncreaseReplicaCount',
    ],
    [
      'TagQuotaPerResourceExceeded',
      'it would have too many tags',
      async () => {
        const id = await makeDatastore(['eu-west-1']);
        limitQuotas({ tags: 1 });
        return modifyMemberRequest(id, { Tags: ['a', 'b'].map((Key) => ({ Key, Value: '' })) });
      },
      'AddTagsToResource',
    ],
  ]),

  ...of('rebalanceSlots', 'RebalanceSlotsInGlobalReplicationGroup', [
    [noDatastore, 'there is no such datastore', async () => rebalanceRequest('ldgnf-nobody'), describeAction],
    [
      busyDatastore,
      'it is being modified',
      async () => rebalanceRequest(await startChange(await makeDatastore([], clusterMode))),
    ],
    [badValue, 'it has no cluster mode', async () => rebalanceRequest(await makeDatastore())],
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

const allOperations = '*';
const notInSchema = 'the schema refuses the parameter that leads to it';

/** The errors that AWS documents and no situation causes, with their operations and the reason. */
const uncausedFaults: [operations: string[] | typeof allOperations, fault: string, why: string][] = [
  [
    allOperations,
    badCombination,
    'no two of the parameters that are sent contradict each other (DecreaseNodeGroups: the schema takes one list)',
  ],
  [['modifyMember'], 'ReplicationGroupNotFoundFault', 'a group that its region does not know is no member'],
  [['modifyMember'], 'CacheClusterNotFoundFault', 'the node is one that AWS has just named'],
  [['modifyMember'], 'CacheParameterGroupNotFoundFault', `${notInSchema}: CacheParameterGroupName`],
  [['modifyMember'], 'InvalidKMSKeyFault', `${notInSchema}: KmsKeyId`],
  [['modifyMember'], 'NoOperationFault', 'the same number of replicas is not sent'],
  [['modifyMember'], 'TagNotFoundFault', 'a tag that is not there is not removed'],
  [['modifyMember'], 'InvalidARNFault', 'the ARN is one that AWS has just returned'],
  ...['CacheSecurityGroupNotFoundFault', 'InvalidCacheSecurityGroupStateFault'].map(
    (name): [string[], string, string] => [['modifyMember'], name, `${notInSchema}: CacheSecurityGroupNames`],
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
  [['addMember'], 'CacheClusterNotFoundFault', `${notInSchema}: PrimaryClusterId`],
  [['addMember'], 'InvalidCacheClusterStateFault', `${notInSchema}: PrimaryClusterId`],
  [['addMember'], 'CacheParameterGroupNotFoundFault', `${notInSchema}: CacheParameterGroupName`],
  [['addMember'], 'CacheSecurityGroupNotFoundFault', `${notInSchema}: CacheSecurityGroupNames`],
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

    const response = await call(request, { body });

    expect(response).toMatchObject({
      status: statuses[fault],
      body: { code: fault, type: expect.stringContaining(fault) },
    });
    const { code: Code, region: Region } = response.body.upstream;
    expect(await emulator.calls()).toContainEqual(expect.objectContaining({ Action: action, Code, Region }));
    expect(routes[operation]?.awsActions).toContain(action);
    expect(request).toMatch(new RegExp(`^${routes[operation]?.method} ${pathPattern(operation)}`));
  });
});

describe('every error that AWS documents for a call of an operation', () => {
  const pairs = Object.entries(routes).flatMap(([operation, { awsActions }]) =>
    [...new Set(awsActions.flatMap(documentedErrorsOf))].map((fault) => `${operation} ${fault}`),
  );
  const causedPairs = new Set(situations.map(({ operation, fault }) => `${operation} ${fault}`));
  const hasReason = (pair: string) =>
    uncausedFaults.some(([operations, fault]) =>
      operations === allOperations
        ? pair.endsWith(` ${fault}`) && !causedPairs.has(pair)
        : operations.some((operation) => pair === `${operation} ${fault}`),
    );

  it('is caused by a scenario, or has a reason why it is not', () => {
    expect(pairs.filter((pair) => !causedPairs.has(pair) && !hasReason(pair))).toEqual([]);
  });

  it('has either a scenario or a reason', () => {
    expect([...causedPairs].filter(hasReason)).toEqual([]);
  });

  it('is documented by the SDK', () => {
    const named = uncausedFaults.flatMap(([operations, fault]) =>
      operations === allOperations ? [] : operations.map((operation) => `${operation} ${fault}`),
    );

    expect([...causedPairs, ...named].filter((pair) => !pairs.includes(pair))).toEqual([]);
  });

  afterAll(() => {
    const count = pairs.filter((pair) => causedPairs.has(pair)).length;
    console.log(`${count} of ${pairs.length} (operation, fault) pairs caused by a real situation`);
  });
});

const pathPattern = (operation: string) => routes[operation]?.path.replace(/\{\w+\}/g, '[^/]+') ?? 'none';

/** Returns the class names of the errors that the SDK documents for an AWS action. */
function documentedErrorsOf(action: string): string[] {
  const path = `node_modules/@aws-sdk/client-elasticache/dist-types/commands/${action}Command.d.ts`;
  const names = [...readFileSync(path, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name ?? '');
  return names.filter((name) => name !== 'ElastiCacheServiceException');
}

async function setServiceLinkedRole(Exists: boolean): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const role = { method: 'POST', headers, body: JSON.stringify({ Exists }) };
  expect(await fetch(`${emulator.url}/_emulator/service-linked-role`, role)).toMatchObject({ ok: true });
}
