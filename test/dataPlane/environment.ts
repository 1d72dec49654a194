import { execFileSync, spawnSync } from 'node:child_process';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  FailoverGlobalReplicationGroupCommand,
  type GlobalReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { afterAll } from 'vitest';
import { startDataPlane } from '../../emulator/dataPlane/start.ts';
import { startEmulator, until } from '../support/emulator.ts';

/** The program of the server that the data plane runs. Undefined if none is installed. */
export const serverProgram = ['valkey-server', 'redis-server'].find((program) => {
  try {
    return execFileSync(program, ['--version']).length > 0;
  } catch {
    return false;
  }
});

export const hasServer = serverProgram !== undefined;
if (!hasServer) console.log('skipped: the data plane needs valkey-server or redis-server');

/** The response of the control endpoint `data-plane`. */
export interface View {
  readonly Servers: readonly ServerView[];
  readonly Datastores: readonly {
    readonly GlobalReplicationGroupId: string;
    readonly WriterPort: number;
    readonly LastFailover?: { readonly Kind: string; readonly LostWrites: number; readonly WritableAt: string };
  }[];
}

interface ServerView {
  readonly Region: string;
  readonly ReplicationGroupId: string;
  readonly NodeGroupId: string;
  readonly Port: number;
  readonly Pid: number;
  readonly Keys: number;
  readonly Link?: { readonly Up: boolean; readonly LagSeconds: number };
}

export const [us, eu, ap] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;

/** Starts an emulator with a data plane. Ends both after the tests. */
export async function startEnvironment() {
  const emulator = await startEmulator({ transitionMs: 20 });
  const dataPlane = await startDataPlane(emulator.store, undefined, () => {});
  const clients: (Redis | Cluster)[] = [];
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await dataPlane?.close();
  });

  const view = async (): Promise<View> => (await (await emulator.control('GET', 'data-plane')).json()) as View;
  const describe = async (id: string, region: string = us): Promise<GlobalReplicationGroup> => {
    const command = new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id, ShowMemberInfo: true });
    return (await emulator.client(region).send(command)).GlobalReplicationGroups?.[0] ?? {};
  };
  const waitUntilStable = (id: string, region: string = us) =>
    until(async () => /^(available|primary-only)$/.test((await describe(id, region)).Status ?? ''), 20_000);
  const groupOf = async (id: string, region: string) => {
    const command = new DescribeReplicationGroupsCommand({ ReplicationGroupId: id });
    return (await emulator.client(region).send(command)).ReplicationGroups?.[0];
  };

  return {
    ...emulator,
    view,
    describe,
    waitUntilStable,
    groupOf,

    /** Creates a datastore with a member `NAME-REGION` in each region. Returns its id. */
    async create(name: string, regions: readonly string[], input: Partial<CreateReplicationGroupCommandInput> = {}) {
      await emulator.seed(`${name}-${us}`, us, input);
      const command = new CreateGlobalReplicationGroupCommand({
        GlobalReplicationGroupIdSuffix: name,
        PrimaryReplicationGroupId: `${name}-${us}`,
      });
      const id = (await emulator.client(us).send(command)).GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
      await waitUntilStable(id);
      for (const region of regions)
        await emulator.client(region).send(
          new CreateReplicationGroupCommand({
            ReplicationGroupId: `${name}-${region}`,
            ReplicationGroupDescription: name,
            GlobalReplicationGroupId: id,
          }),
        );
      await waitUntilStable(id);
      return id;
    },

    /** Connects to the primary endpoint of a group. */
    async connect(id: string, region: string, options: RedisOptions = {}) {
      const endpoint = (await groupOf(id, region))?.NodeGroups?.[0]?.PrimaryEndpoint;
      return this.connectTo(endpoint?.Port ?? 0, { host: endpoint?.Address ?? '', ...options });
    },

    connectTo(port: number, options: RedisOptions = {}) {
      const client = new Redis(port, { host: 'localhost', retryStrategy: () => 50, ...options });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },

    /** Connects to the configuration endpoint of a group with cluster mode. */
    async connectCluster(id: string, region: string) {
      const { Address: host = '', Port: port = 0 } = (await groupOf(id, region))?.ConfigurationEndpoint ?? {};
      const cluster = new Cluster([{ host, port }]);
      clients.push(cluster);
      return cluster;
    },

    failOver: (id: string, group: string, region: string) =>
      emulator.client(region).send(
        new FailoverGlobalReplicationGroupCommand({
          GlobalReplicationGroupId: id,
          PrimaryRegion: region,
          PrimaryReplicationGroupId: group,
        }),
      ),

    setLink: (From: string, To: string, setting: { Cut: boolean } | { DelayMs: number }) =>
      emulator.control('POST', 'links', { From, To, ...setting }),

    setLost: (region: string, Lost: boolean) => emulator.control('POST', `regions/${region}`, { Lost }),

    findServer: async (group: string, nodeGroup = '0001'): Promise<ServerView> => {
      const server = (await view()).Servers.find(
        (each) => each.ReplicationGroupId === group && each.NodeGroupId === nodeGroup,
      );
      if (!server) throw new Error(`${group} has no server of ${nodeGroup}.`);
      return server;
    },

    findDatastore: async (id: string) => (await view()).Datastores.find((each) => each.GlobalReplicationGroupId === id),
  };
}

/** Waits until a client reads the value. */
export const waitForValue = (client: Redis, key: string, value: string | null) =>
  until(async () => (await client.get(key)) === value, 10_000);

/** Returns whether a process runs. One that has ended can remain as a zombie. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout);
}
