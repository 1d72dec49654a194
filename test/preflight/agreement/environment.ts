import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { afterAll } from 'vitest';
import { findAction } from '../../../emulator/actions/index.ts';
import { addVersion, secretsOf } from '../../../emulator/secretsManager/secrets.ts';
import { createDurableApi } from '../../../local/lambdaDurableApi.ts';
import { startApi } from '../../support/api.ts';
import { type AwsState, type Group, groupId, regions } from './awsStates.ts';

const reconcile = 'global-datastore-api-dev-reconcile';

/** Starts the API in this process, with an emulator whose transitions complete only on `store.tick`. */
export async function startEnvironment() {
  const engine = await startEngine();
  const api = await startApi({
    regions: [...regions],
    transitionMs: Number.POSITIVE_INFINITY,
    environment: { AWS_ENDPOINT_URL_LAMBDA: engine.url },
  });
  const { reconcileOnce, initialProgress } = await import('../../../src/operations/reconcile.ts');
  const { findOperation } = await import('../../../src/operations/findOperation.ts');
  const { parseGoal } = await import('../../../src/operations/goal.ts');
  const { call, emulator } = api;
  const { store } = emulator;
  Object.assign(store.options.existing, existingResources);

  /** Calls an action of the emulator directly (not through the API). Throws its fault. */
  const aws = (region: string, action: string, input: object): object =>
    findAction(action)?.(store.viewFrom(region), { ...input }) ?? {};

  /** Completes all changes in progress. */
  function completeTransitions(): void {
    while (store.tick() > 0);
  }

  /** Creates the resources of a state. Returns the id of its operation, if it has one. */
  async function build(state: AwsState): Promise<string | undefined> {
    store.reset();
    for (const region of regions) store.viewFrom(region).accountState; // the first read creates the partition
    for (const [name, { arn, text }] of Object.entries(secrets)) {
      const secret = { arn, name, region: 'us-east-1', versions: [] };
      addVersion(secret, { id: `version-of-${name}`, text, stages: undefined });
      secretsOf(store)[`us-east-1/${name}`] = secret;
    }
    for (const region of regions.slice(0, 4)) createUnrelatedGroups(state, region);
    createPrimary(state);
    completeTransitions();
    if (state.members > 0) createDatastore(state);
    else makePrimaryIneligible(state);
    const operation = await startOperation(state);
    startChange(state);
    return operation;
  }

  /** Creates replication groups outside any datastore, whose names are taken for new members. */
  function createUnrelatedGroups({ name }: AwsState, region: string): void {
    const create = (kind: string, more: object = {}) =>
      aws(region, 'CreateReplicationGroup', {
        ...groupSettings,
        ReplicationGroupId: groupId(name, region, kind),
        ...more,
      });
    create('spare');
    create('failed');
    store.viewFrom(region).accountState.failOnCreate = regions.map(
      (each) => `${each}/${groupId(name, each, 'failed')}`,
    );
  }

  function createPrimary(state: AwsState): void {
    const [{ region, id }] = state.groups as [Group];
    const { engine, version, nodeType, shards, replicas, token, encrypted, uneven, ownParameters } = state;
    const family = familyOf(engine, version);
    aws(region, 'CreateReplicationGroup', {
      ReplicationGroupId: id,
      ReplicationGroupDescription: 'the primary',
      Engine: engine,
      EngineVersion: version,
      CacheNodeType: nodeType,
      DataTieringEnabled: nodeType.includes('r6gd'),
      ...(shards === 0 && { NumCacheClusters: replicas + 1 }),
      ...(shards > 0 && { NumNodeGroups: shards, ReplicasPerNodeGroup: replicas }),
      CacheParameterGroupName: `${ownParameters ? 'own' : 'default'}.${family}${shards > 0 ? '.cluster.on' : ''}`,
      ...(uneven && { NodeGroupConfiguration: unevenSlots(shards) }),
      AutomaticFailoverEnabled: state.failover,
      MultiAZEnabled: state.multiAz,
      TransitEncryptionEnabled: encrypted,
      AtRestEncryptionEnabled: state.atRest,
      ...(token && { AuthToken: password }),
      ...ineligibleSettings(state),
    });
  }

  function createDatastore(state: AwsState): void {
    const { id, name, groups, moved } = state;
    const [first, ...others] = groups as [Group, ...Group[]];
    aws(first.region, 'CreateGlobalReplicationGroup', {
      GlobalReplicationGroupIdSuffix: name,
      PrimaryReplicationGroupId: first.id,
    });
    completeTransitions();
    for (const member of others) {
      addMember(state, member);
      completeTransitions();
    }
    const primary = groups.find(({ isPrimary }) => isPrimary) as Group;
    if (moved && others.length > 0) promote(id, primary);
    completeTransitions();
  }

  function addMember(state: AwsState, { region, id: ReplicationGroupId }: Pick<Group, 'id' | 'region'>): void {
    const { id, shards, secondaryReplicas, token } = state;
    aws(region, 'CreateReplicationGroup', {
      GlobalReplicationGroupId: id,
      ReplicationGroupId,
      ReplicationGroupDescription: 'a secondary',
      ...(shards > 0 ? { ReplicasPerNodeGroup: secondaryReplicas } : { NumCacheClusters: secondaryReplicas + 1 }),
      ...(token && { AuthToken: password }),
    });
  }

  const promote = (id: string, { region, id: PrimaryReplicationGroupId }: Group) =>
    aws(region, 'FailoverGlobalReplicationGroup', {
      GlobalReplicationGroupId: id,
      PrimaryRegion: region,
      PrimaryReplicationGroupId,
    });

  /** Starts the change in progress of a state. */
  function startChange(state: AwsState): void {
    const { id, change, half, groups, free, shards } = state;
    const secondary = groups.find(({ isPrimary }) => !isPrimary) as Group;
    const home = groups[0]?.region ?? '';
    const ofDatastore = { GlobalReplicationGroupId: id, ApplyImmediately: true };
    const starts: Record<AwsState['change'], () => unknown> = {
      none: () => {},
      joining: () => addMember(state, { region: free[0] ?? '', id: groupId(state.name, free[0] ?? '', 'joining') }),
      modifying: () =>
        aws(home, 'ModifyGlobalReplicationGroup', { ...ofDatastore, GlobalReplicationGroupDescription: 'changing' }),
      promoting: () => promote(id, secondary),
      leaving: () =>
        aws(home, 'DisassociateGlobalReplicationGroup', {
          GlobalReplicationGroupId: id,
          ReplicationGroupId: secondary.id,
          ReplicationGroupRegion: secondary.region,
        }),
      resharding: () =>
        aws(home, 'IncreaseNodeGroupsInGlobalReplicationGroup', { ...ofDatastore, NodeGroupCount: shards + 1 }),
      deleting: () =>
        aws(home, 'DeleteGlobalReplicationGroup', { ...ofDatastore, RetainPrimaryReplicationGroup: true }),
    };
    starts[change]();
    if (half === 2) store.tick();
  }

  /** Makes an existing primary ineligible: `busy` or `member`. */
  function makePrimaryIneligible({ primary, groups, name }: AwsState): void {
    const [{ region, id }] = groups as [Group];
    if (primary === 'busy') store.viewFrom(region).findReplicationGroup(id)?.changes.push({ id: 99, kind: 'modify' });
    if (primary !== 'member') return;
    aws(region, 'CreateGlobalReplicationGroup', {
      GlobalReplicationGroupIdSuffix: `${name}-other`,
      PrimaryReplicationGroupId: id,
    });
    completeTransitions();
  }

  /** Starts the operation of a state through the API, and ends or stops it if the state requires that. */
  async function startOperation({ operation, id, name, groups }: AwsState): Promise<string | undefined> {
    if (operation === 'none') return undefined;
    engine.setEndsImmediately(operation === 'ended');
    const lost = { ReplicationGroupId: `${name}-lost`, ReplicationGroupRegion: 'sa-east-1', Role: 'SECONDARY' };
    const primary = groups.find(({ isPrimary }) => isPrimary) as Group;
    const Members = [
      { ReplicationGroupId: primary.id, ReplicationGroupRegion: primary.region, Role: 'PRIMARY' },
      ...(groups.length > 1 ? [] : [lost]),
    ];
    const { body } = await call(`PUT /global-datastores/${id}/topology`, { body: { Members } });
    if (operation === 'stopped') await call(`POST /operations/${body.OperationId}/cancel`);
    if (operation === 'ended') await waitForEnd(body.OperationId);
    engine.setEndsImmediately(false);
    return body.OperationId;
  }

  async function waitForEnd(id: string): Promise<void> {
    while ((await findOperation(AbortSignal.timeout(5_000), id)).Status === 'RUNNING')
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Runs an operation to its end, at most 60 steps. Returns why it failed or did not end. */
  async function runToEnd(OperationId: string): Promise<string | undefined> {
    const goal = parseGoal(await findOperation(AbortSignal.timeout(5_000), OperationId));
    let progress = initialProgress;
    for (let count = 0; count < 60 && !progress.Ended; count++) {
      progress = await reconcileOnce(AbortSignal.timeout(20_000), goal, progress);
      store.tick();
    }
    if (!progress.Ended) return `It has not ended. Current step: ${progress.Step}`;
    return progress.Failure?.Reason;
  }

  return { ...api, store, build, runToEnd };
}

export type Stage = Awaited<ReturnType<typeof startEnvironment>>;

/** The token of each primary that has one. */
export const password = 'a-password-of-16-characters';

const secret = (name: string, text: string) => ({
  arn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`,
  text,
});

/** The secrets in Secrets Manager: the token of a primary, another token, and a text that is not a valid token. */
export const secrets = {
  present: secret('present', password),
  next: secret('next', 'another-password-of-24-ch'),
  settings: secret('wrong', 'too short'),
};

/** The resources besides replication groups. */
const existingResources = {
  subnetGroups: ['default', 'cache-subnets'],
  userGroups: { users: 'active', 'users-busy': 'modifying' },
  parameterGroups: Object.fromEntries(
    ['redis5.0', 'redis6.x', 'redis7', 'valkey7', 'valkey8'].flatMap((family) => [
      [`own.${family}`, family],
      [`own.${family}.cluster.on`, family],
    ]),
  ),
};

/** A replication group that can become a primary. */
const groupSettings = {
  ReplicationGroupDescription: 'a bystander',
  Engine: 'valkey',
  EngineVersion: '8.0',
  CacheNodeType: 'cache.r7g.large',
  NumCacheClusters: 2,
  AutomaticFailoverEnabled: true,
};

/** Returns the settings that make a primary ineligible from its creation on. */
function ineligibleSettings({ primary, members, groups }: AwsState): object {
  if (members > 0) return {};
  const [{ region }] = groups as [Group];
  const settingsByReason: Partial<Record<AwsState['primary'], object>> = {
    small: { CacheNodeType: 'cache.t4g.small', DataTieringEnabled: false, Engine: 'valkey', EngineVersion: '8.0' },
    old: { CacheNodeType: 'cache.r5.large', DataTieringEnabled: false, Engine: 'redis', EngineVersion: '5.0.4' },
    ipv6: { NetworkType: 'ipv6', CacheSubnetGroupName: 'default' },
    failed: { ReplicationGroupId: groupId(groups[0]?.id.split('-')[0] ?? '', region, 'gone') },
  };
  const settings = settingsByReason[primary];
  return settings ? { ...settings, ...('Engine' in settings && { CacheParameterGroupName: undefined }) } : {};
}

/** Returns the slots of node groups, of which the first has only 100. */
function unevenSlots(shards: number): object[] {
  const rest = Math.floor(16284 / (shards - 1));
  return Array.from({ length: shards }, (_, index) => {
    if (index === 0) return { Slots: '0-99' };
    const from = 100 + (index - 1) * rest;
    return { Slots: `${from}-${index === shards - 1 ? 16383 : from + rest - 1}` };
  });
}

export function familyOf(engine: string, version: string): string {
  const major = version.split('.')[0];
  if (engine === 'valkey') return `valkey${major}`;
  return { '5': 'redis5.0', '6': 'redis6.x' }[major ?? ''] ?? 'redis7';
}

/** Starts the durable engine. It stores executions without running them, or ends them at once. */
async function startEngine() {
  const functions: Record<string, never> = { [reconcile]: undefined as never };
  const end = withDurableExecution(async () => ({ v: 1, Step: 'Done.', Attempts: 1, Ended: true }));
  const server = createDurableApi({ functions });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  afterAll(() => void server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setEndsImmediately(endsImmediately: boolean): void {
      functions[reconcile] = (endsImmediately ? end : undefined) as never;
    },
  };
}
