import { until } from '../support/emulator.ts';
import type { Change, startKillHarness } from './killHarness.ts';

const clusterMode = { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 };

/** An uneven layout of slots, which a rebalance changes. */
const uneven = {
  ...clusterMode,
  NodeGroupConfiguration: [{ Slots: '0-99' }, { Slots: '100-16383' }],
};

const home = (name: string) => `/global-datastores/ldgnf-${name}`;

/** Returns one change for each contract that takes an Idempotency-Key. */
export function changes({
  call,
  seed,
  settle,
  datastore,
  emulator,
}: Awaited<ReturnType<typeof startKillHarness>>): Change[] {
  const readDatastore = async (name: string) => (await call(`GET ${home(name)}`)).body.GlobalReplicationGroup;

  const member = (name: string, region: string) => ({
    ReplicationGroupId: `${name}-${region.replaceAll('-', '')}`,
    ReplicationGroupRegion: region,
  });
  const listOperations = async (name: string) =>
    (await call(`GET /operations?GlobalReplicationGroupId=ldgnf-${name}`)).body.Operations;

  /** Returns the statuses of the operations of a datastore, once all of them have ended. */
  async function waitForOperations(name: string): Promise<string[]> {
    for (;;) {
      const all = (await listOperations(name)).map(({ Status }: { Status: string }) => Status);
      if (!all.includes('RUNNING')) return all;
      await settle();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The ARN of the secret with the new AUTH token, by datastore. */
  const secrets = new Map<string, string>();

  /** The id of the operation to cancel, by datastore. It waits for a member that does not exist. */
  const pendingOperations = new Map<string, string>();

  return [
    {
      name: 'createGlobalDatastore',
      actions: ['CreateGlobalReplicationGroup'],
      prepare: (name) => seed(`${name}-use1`),
      request: (name) => ({
        request: 'POST /global-datastores',
        body: { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1` },
      }),
      effect: async (name) => (await readDatastore(name)).Status,
    },
    {
      name: 'modifyGlobalDatastore',
      actions: ['ModifyGlobalReplicationGroup'],
      prepare: (name) => datastore(name),
      request: (name) => ({ request: `PATCH ${home(name)}`, body: { CacheNodeType: 'cache.r7g.xlarge' } }),
      effect: async (name) => (await readDatastore(name)).CacheNodeType,
    },
    {
      name: 'deleteGlobalDatastore',
      actions: ['DeleteGlobalReplicationGroup'],
      prepare: (name) => datastore(name),
      request: (name) => ({ request: `DELETE ${home(name)}` }),
      effect: async (name) => (await call(`GET ${home(name)}`)).status,
    },
    {
      name: 'failoverGlobalDatastore',
      accepts: [1, 2], // a retry repeats a failover in progress: it changes nothing, and two calls are safer than none
      actions: ['FailoverGlobalReplicationGroup'],
      prepare: (name) => datastore(name, { secondary: true }),
      request: (name) => ({ request: `POST ${home(name)}/failover`, body: { PrimaryRegion: 'eu-west-1' } }),
      effect: async (name) =>
        (await readDatastore(name)).Members.find(({ Role }: { Role: string }) => Role === 'PRIMARY')
          .ReplicationGroupRegion,
    },
    {
      name: 'addMember',
      actions: ['CreateReplicationGroup'],
      prepare: (name) => datastore(name),
      request: (name) => ({
        request: `POST ${home(name)}/members`,
        body: { ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' },
      }),
      effect: async (name) => (await readDatastore(name)).Members.length,
    },
    {
      name: 'modifyMember',
      actions: ['IncreaseReplicaCount'],
      prepare: (name) => datastore(name, { secondary: true }),
      request: (name) => ({
        request: `PATCH ${home(name)}/members/eu-west-1/${name}-euw1`,
        body: { NumCacheClusters: 3 },
      }),
      effect: async (name) =>
        (await call(`GET /replication-groups/eu-west-1/${name}-euw1`)).body.ReplicationGroup.MemberClusters.length,
    },
    {
      name: 'removeMember',
      actions: ['DisassociateGlobalReplicationGroup'],
      prepare: (name) => datastore(name, { secondary: true }),
      request: (name) => ({ request: `DELETE ${home(name)}/members/eu-west-1/${name}-euw1` }),
      effect: async (name) => (await readDatastore(name)).Members.length,
    },
    {
      name: 'scaleNodeGroups',
      actions: ['IncreaseNodeGroupsInGlobalReplicationGroup', 'DecreaseNodeGroupsInGlobalReplicationGroup'],
      prepare: (name) => datastore(name, clusterMode),
      request: (name) => ({ request: `PUT ${home(name)}/node-groups`, body: { NodeGroupCount: 3 } }),
      effect: async (name) => (await readDatastore(name)).GlobalNodeGroups.length,
    },
    {
      name: 'rebalanceSlots',
      actions: ['RebalanceSlotsInGlobalReplicationGroup'],
      prepare: (name) => datastore(name, uneven),
      request: (name) => ({ request: `POST ${home(name)}/rebalance` }),
      effect: async (name) =>
        (await readDatastore(name)).GlobalNodeGroups.map(({ Slots }: { Slots: string }) => Slots).sort(),
    },
    {
      name: 'applyTopology',
      actions: ['POST invocations', 'FailoverGlobalReplicationGroup'],
      prepare: (name) => datastore(name, { secondary: true }),
      request: (name) => ({
        request: `PUT ${home(name)}/topology`,
        body: {
          Members: [
            { ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' },
            { ReplicationGroupId: `${name}-use1`, ReplicationGroupRegion: 'us-east-1', Role: 'SECONDARY' },
          ],
        },
      }),
      effect: waitForOperations,
    },
    {
      name: 'startDrill',
      actions: ['POST invocations', 'FailoverGlobalReplicationGroup'],
      accepts: [2, 2], // the failover and the failback
      prepare: (name) => datastore(name, { secondary: true }),
      request: (name) => ({
        request: `POST ${home(name)}/drills`,
        body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Killed' },
      }),
      effect: waitForOperations,
    },
    {
      name: 'startEvacuation',
      actions: ['POST invocations', 'FailoverGlobalReplicationGroup'],
      async prepare(name) {
        await datastore(name, { secondary: true });
        await call(`POST ${home(name)}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
        await settle();
        await emulator.calls();
      },
      request: (name) => ({
        request: 'POST /evacuations',
        body: { FromRegion: 'eu-west-1', GlobalReplicationGroupIds: [`ldgnf-${name}`], Reason: 'eu-west-1 is lost' },
      }),
      async effect(name) {
        await until(async () => (await listOperations(name)).length > 0); // the evacuation starts the operation
        return waitForOperations(name);
      },
    },
    {
      name: 'rotateAuthToken',
      actions: ['POST invocations', 'ModifyReplicationGroup'],
      async prepare(name) {
        await datastore(name, { TransitEncryptionEnabled: true, AuthToken: 'the-former-token-1' });
        secrets.set(name, await emulator.secret(`elasticache/${name}`, 'the-next-token-22'));
      },
      request: (name) => ({
        request: `POST ${home(name)}/auth-token`,
        body: { AuthTokenSecretArn: secrets.get(name) },
      }),
      effect: waitForOperations,
    },
    {
      name: 'cancelOperation',
      actions: ['POST stop'],
      async prepare(name) {
        await datastore(name);
        const Members = [
          { ReplicationGroupId: `${name}-use1`, ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
          { ...member(name, 'eu-west-1'), Role: 'SECONDARY' },
        ];
        const { body } = await call(`PUT ${home(name)}/topology`, { body: { Members } });
        pendingOperations.set(name, body.OperationId);
      },
      request: (name) => ({ request: `POST /operations/${pendingOperations.get(name)}/cancel` }),
      effect: async (name) => (await listOperations(name)).map(({ Status }: { Status: string }) => Status),
      status: 200,
      accepts: [0, 0],
    },
  ];
}

/** The results of `effect` for changes that are made once. */
export const expectedEffects: Readonly<Record<string, unknown>> = {
  createGlobalDatastore: 'primary-only',
  modifyGlobalDatastore: 'cache.r7g.xlarge',
  deleteGlobalDatastore: 404,
  failoverGlobalDatastore: 'eu-west-1',
  addMember: 2,
  modifyMember: 3,
  removeMember: 1,
  scaleNodeGroups: 3,
  rebalanceSlots: ['0-99,8292-16383', '100-8291'],
  applyTopology: ['SUCCEEDED'],
  startDrill: ['SUCCEEDED'],
  startEvacuation: ['SUCCEEDED'],
  rotateAuthToken: ['SUCCEEDED'],
  cancelOperation: ['STOPPED'],
};
