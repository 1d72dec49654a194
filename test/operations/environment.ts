import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DisassociateGlobalReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { createEmulator } from '../../emulator/server.ts';
import type { DesiredMember, Goal, MemberKey } from '../../src/operations/goal.ts';
import type { Progress } from '../../src/operations/reconcile.ts';
import { createProxy } from '../support/proxy.ts';

/** The regions of the environment. */
export const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'] as const;

/** `us-east-1/a*` is the primary a in us-east-1, `eu-west-1/b` a secondary. */
export type Topology = readonly string[];

export const isPrimary = (name: string): boolean => name.endsWith('*');

export function keyOf(name: string): MemberKey {
  const [ReplicationGroupRegion = '', ReplicationGroupId = ''] = name.replace('*', '').split('/');
  return { ReplicationGroupId, ReplicationGroupRegion };
}

/** Returns the goal of a run from one topology to another. If `to` is empty, it is the goal of a deletion. */
export const goalOf = (id: string, from: Topology, to: Topology, others: Partial<Goal> = {}): Goal => ({
  Kind: to.length > 0 ? 'APPLY' : 'DELETE',
  GlobalReplicationGroupId: id,
  Members: to.map((name): DesiredMember => ({ ...keyOf(name), Role: isPrimary(name) ? 'PRIMARY' : 'SECONDARY' })),
  Known: from.map(keyOf),
  OnFailure: 'keep',
  ...others,
});

/**
 * Starts an emulator whose transitions advance only by `tick`, behind a proxy that injects faults. Loads the modules
 * of the workflow here, because they read the environment once.
 */
export async function startTestEnvironment() {
  const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY }).listen(0, '127.0.0.1');
  await once(emulator, 'listening');
  const url = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  const proxy = createProxy();
  Object.assign(process.env, {
    AWS_REGION: regions[0],
    REGIONS: regions.join(','),
    AWS_ENDPOINT_URL_ELASTICACHE: await proxy.listen(url),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', // no server listens: runs here have no table
    TABLE_NAME: 'none',
    LOG: 'off',
  });
  const { reconcileOnce, initialProgress } = await import('../../src/operations/reconcile.ts');
  const { config } = await import('../../src/config.ts');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clients = Object.fromEntries(
    regions.map((region) => [region, new ElastiCacheClient({ region, endpoint: url, credentials })]),
  );
  const at = (region: string) => clients[region] as ElastiCacheClient;
  const primaryClient = at(regions[0]);

  const environment = {
    store: emulator.store,
    proxy,
    config,
    reconcileOnce,
    initialProgress,

    /** Completes all transitions in progress. */
    completeTransitions(): void {
      while (emulator.store.tick() > 0);
    },

    async createGroup(name: string, globalDatastoreId?: string): Promise<void> {
      const { ReplicationGroupId, ReplicationGroupRegion } = keyOf(name);
      const shared = { ReplicationGroupId, ReplicationGroupDescription: 'a test', NumCacheClusters: 1 };
      const primary = { Engine: 'valkey', CacheNodeType: 'cache.r7g.large' };
      const input = globalDatastoreId
        ? { ...shared, GlobalReplicationGroupId: globalDatastoreId }
        : { ...shared, ...primary };
      await at(ReplicationGroupRegion).send(new CreateReplicationGroupCommand(input));
    },

    /** Creates a datastore with these members, all stable. Returns its id. */
    async createDatastore(topology: Topology): Promise<string> {
      const primary = keyOf(topology.find(isPrimary) ?? '');
      await environment.createGroup(topology.find(isPrimary) ?? '');
      environment.completeTransitions();
      const { GlobalReplicationGroup } = await at(primary.ReplicationGroupRegion).send(
        new CreateGlobalReplicationGroupCommand({
          GlobalReplicationGroupIdSuffix: 'store',
          PrimaryReplicationGroupId: primary.ReplicationGroupId,
        }),
      );
      const id = GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
      environment.completeTransitions();
      for (const name of topology.filter((name) => !isPrimary(name))) await environment.addMember(id, name);
      return id;
    },

    async addMember(id: string, name: string): Promise<void> {
      await environment.createGroup(name, id);
      environment.completeTransitions();
    },

    async detachMember(id: string, name: string): Promise<void> {
      const input = { GlobalReplicationGroupId: id, ...keyOf(name) };
      await primaryClient.send(new DisassociateGlobalReplicationGroupCommand(input));
      environment.completeTransitions();
    },

    async deleteDatastore(id: string): Promise<void> {
      const input = { GlobalReplicationGroupId: id, RetainPrimaryReplicationGroup: true };
      await primaryClient.send(new DeleteGlobalReplicationGroupCommand(input));
      environment.completeTransitions();
    },

    /** Returns the sorted names of the members of the datastore. Empty if it does not exist. */
    topology(): string[] {
      const datastore = emulator.store.viewFrom(regions[0]).listGlobalGroups({ anywhere: true })[0];
      return (datastore?.members ?? [])
        .map(({ region, id, role }) => `${region}/${id}${role === 'PRIMARY' ? '*' : ''}`)
        .sort();
    },

    /** Returns the number of changes that took effect since the previous call, by AWS action. */
    async takeChanges(): Promise<Record<string, number>> {
      const response = (await (await fetch(`${url}/_emulator/calls`, { method: 'DELETE' })).json()) as {
        Calls: { Action: string; Code?: string }[];
      };
      const effective = response.Calls.filter(({ Action, Code }) => !Code && !Action.startsWith('Describe'));
      return Object.fromEntries(
        Object.entries(Object.groupBy(effective, ({ Action }) => Action)).map(([action, calls = []]) => [
          action,
          calls.length,
        ]),
      );
    },

    /** Makes the creation of this replication group fail. */
    failCreation(name: string): void {
      const { ReplicationGroupId, ReplicationGroupRegion } = keyOf(name);
      emulator.store
        .viewFrom(ReplicationGroupRegion)
        .accountState.failOnCreate.push(`${ReplicationGroupRegion}/${ReplicationGroupId}`);
    },

    /** Calls `reconcileOnce` until the run has ended. In between, `intervalMs` pass and transitions advance by one step. */
    async run(
      goal: Goal,
      onIteration: (iterations: number, progress: Progress) => Progress | Promise<Progress> = (_, p) => p,
      intervalMs = 20_000,
    ) {
      let progress = initialProgress;
      let now = Date.parse('2026-01-01T00:00:00Z');
      for (let iterations = 1; iterations < 2_000; iterations++) {
        progress = await onIteration(
          iterations,
          await reconcileOnce(AbortSignal.timeout(60_000), goal, progress, { now }),
        );
        if (progress.Ended) return { progress, iterations };
        emulator.store.tick();
        now += intervalMs;
      }
      throw new Error(`The run does not end: ${JSON.stringify(progress)}`);
    },

    async clear(): Promise<void> {
      proxy.clear();
      emulator.store.reset();
      await environment.takeChanges();
    },

    close(): void {
      proxy.close();
      emulator.close().closeAllConnections();
    },
  };
  return environment;
}

export type TestEnvironment = Awaited<ReturnType<typeof startTestEnvironment>>;
