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

/** The regions of the worlds in which runs are tried. */
export const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'] as const;

/** `us-east-1/a*` is the primary a in us-east-1, `eu-west-1/b` a secondary. */
export type Topology = readonly string[];

export const isPrimary = (name: string): boolean => name.endsWith('*');

export function keyOf(name: string): MemberKey {
  const [ReplicationGroupRegion = '', ReplicationGroupId = ''] = name.replace('*', '').split('/');
  return { ReplicationGroupId, ReplicationGroupRegion };
}

/** The goal of a run from one topology to another; without members: of a teardown. */
export const goalOf = (id: string, from: Topology, to: Topology, others: Partial<Goal> = {}): Goal => ({
  Kind: to.length > 0 ? 'APPLY' : 'DELETE',
  GlobalReplicationGroupId: id,
  Members: to.map((name): DesiredMember => ({ ...keyOf(name), Role: isPrimary(name) ? 'PRIMARY' : 'SECONDARY' })),
  Known: from.map(keyOf),
  OnFailure: 'keep',
  ...others,
});

/**
 * ElastiCache in this process, where time passes only when it is told to, behind a proxy that spoils what it is told to.
 * The workflow's modules are loaded here, since the environment is read once.
 */
export async function createWorld() {
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
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', // nobody there: runs here have no table
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
  const home = at(regions[0]);

  const world = {
    store: emulator.store,
    proxy,
    config,
    reconcileOnce,
    initialProgress,

    /** Lets all that is under way come to its end. */
    settle(): void {
      while (emulator.store.tick() > 0);
    },

    async makeGroup(name: string, joins?: string): Promise<void> {
      const { ReplicationGroupId, ReplicationGroupRegion } = keyOf(name);
      const shared = { ReplicationGroupId, ReplicationGroupDescription: 'a test', NumCacheClusters: 1 };
      const primary = { Engine: 'valkey', CacheNodeType: 'cache.r7g.large' };
      const input = joins ? { ...shared, GlobalReplicationGroupId: joins } : { ...shared, ...primary };
      await at(ReplicationGroupRegion).send(new CreateReplicationGroupCommand(input));
    },

    /** Makes a datastore with these members. Gives its id. */
    async make(topology: Topology): Promise<string> {
      const primary = keyOf(topology.find(isPrimary) ?? '');
      await world.makeGroup(topology.find(isPrimary) ?? '');
      world.settle();
      const { GlobalReplicationGroup } = await at(primary.ReplicationGroupRegion).send(
        new CreateGlobalReplicationGroupCommand({
          GlobalReplicationGroupIdSuffix: 'store',
          PrimaryReplicationGroupId: primary.ReplicationGroupId,
        }),
      );
      const id = GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
      world.settle();
      for (const name of topology.filter((name) => !isPrimary(name))) await world.join(id, name);
      return id;
    },

    async join(id: string, name: string): Promise<void> {
      await world.makeGroup(name, id);
      world.settle();
    },

    async leave(id: string, name: string): Promise<void> {
      const input = { GlobalReplicationGroupId: id, ...keyOf(name) };
      await home.send(new DisassociateGlobalReplicationGroupCommand(input));
      world.settle();
    },

    async remove(id: string): Promise<void> {
      const input = { GlobalReplicationGroupId: id, RetainPrimaryReplicationGroup: true };
      await home.send(new DeleteGlobalReplicationGroupCommand(input));
      world.settle();
    },

    /** The members of the datastore by name, sorted; none when it is gone. */
    topology(): string[] {
      const found = emulator.store.viewFrom(regions[0]).listGlobalGroups({ anywhere: true })[0];
      return (found?.members ?? [])
        .map(({ region, id, role }) => `${region}/${id}${role === 'PRIMARY' ? '*' : ''}`)
        .sort();
    },

    /** The changes that took effect since the last look, by their AWS action. */
    async changes(): Promise<Record<string, number>> {
      const answer = (await (await fetch(`${url}/_emulator/calls`, { method: 'DELETE' })).json()) as {
        Calls: { Action: string; Code?: string }[];
      };
      const effective = answer.Calls.filter(({ Action, Code }) => !Code && !Action.startsWith('Describe'));
      return Object.fromEntries(
        Object.entries(Object.groupBy(effective, ({ Action }) => Action)).map(([action, calls = []]) => [
          action,
          calls.length,
        ]),
      );
    },

    /** The creation of this replication group will fail. */
    doom(name: string): void {
      const { ReplicationGroupId, ReplicationGroupRegion } = keyOf(name);
      emulator.store
        .viewFrom(ReplicationGroupRegion)
        .accountState.failOnCreate.push(`${ReplicationGroupRegion}/${ReplicationGroupId}`);
    },

    /** Looks until the run has ended; between two looks 20 s pass unless told otherwise, and AWS gets one step on. */
    async run(
      goal: Goal,
      between: (looks: number, progress: Progress) => Progress | Promise<Progress> = (_, p) => p,
      intervalMs = 20_000,
    ) {
      let progress = initialProgress;
      let now = Date.parse('2026-01-01T00:00:00Z');
      for (let looks = 1; looks < 2_000; looks++) {
        progress = await between(looks, await reconcileOnce(AbortSignal.timeout(60_000), goal, progress, { now }));
        if (progress.Ended) return { progress, looks };
        emulator.store.tick();
        now += intervalMs;
      }
      throw new Error(`The run does not end: ${JSON.stringify(progress)}`);
    },

    async clear(): Promise<void> {
      proxy.clear();
      emulator.store.reset();
      await world.changes();
    },

    close(): void {
      proxy.close();
      emulator.close().closeAllConnections();
    },
  };
  return world;
}

export type World = Awaited<ReturnType<typeof createWorld>>;
