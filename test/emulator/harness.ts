import type { AddressInfo } from 'node:net';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  ElastiCacheServiceException,
  type GlobalReplicationGroup,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { expect, onTestFinished } from 'vitest';
import { createEmulator, type EmulatorOptions, type Store } from '../../emulator/server.ts';

export interface RunningEmulator {
  url: string;
  store: Store;
  /** Creates an SDK client for a region. An access key of twelve digits selects an account. */
  elasticache: (region?: string, account?: string) => ElastiCacheClient;
  /** Calls an admin endpoint. */
  control: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: Record<string, unknown> }>;
  /** Runs transitions until none is waiting. */
  settle: () => void;
}

/** Starts an emulator for one test on a free port. Transitions wait for `tick` or `settle`. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const emulator = createEmulator({ transitionMs: Infinity, ...options });
  await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  onTestFinished(() => {
    emulator.closeAllConnections();
    emulator.close();
  });
  return {
    url,
    store: emulator.store,
    elasticache: (region = 'us-east-1', account = 'test') =>
      new ElastiCacheClient({
        region,
        endpoint: url,
        maxAttempts: 1,
        credentials: { accessKeyId: account, secretAccessKey: 'secret' },
      }),
    control: async (method, path, body) => {
      const response = await fetch(`${url}/_emulator${path}`, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    },
    settle: () => {
      while (emulator.store.tick() > 0);
    },
  };
}

/** Creates an available replication group without a global datastore. */
export async function createReplicationGroup(
  { elasticache, settle }: RunningEmulator,
  {
    region = 'us-east-1',
    id = 'first',
    ...input
  }: { region?: string; id?: string } & Partial<CreateReplicationGroupCommandInput> = {},
): Promise<void> {
  await elasticache(region).send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: id,
      ReplicationGroupDescription: 'a test',
      CacheNodeType: 'cache.r6g.large',
      ...input,
    }),
  );
  settle();
}

export interface DatastoreOptions extends Partial<CreateReplicationGroupCommandInput> {
  /** Regions of the replication groups `first` (the primary), `second` and `third`. */
  regions?: string[];
}

/** Creates a stable global datastore `ldgnf-store` and returns its id. Default: a primary in us-east-1 only. */
export async function createDatastore(
  running: RunningEmulator,
  { regions = ['us-east-1'], ...input }: DatastoreOptions = {},
): Promise<string> {
  const { elasticache, settle } = running;
  const [home = 'us-east-1', ...others] = regions;
  await createReplicationGroup(running, { region: home, ...input });
  const { GlobalReplicationGroup: created } = await elasticache(home).send(
    new CreateGlobalReplicationGroupCommand({
      GlobalReplicationGroupIdSuffix: 'store',
      PrimaryReplicationGroupId: 'first',
    }),
  );
  const id = created?.GlobalReplicationGroupId ?? '';
  settle();
  for (const [i, region] of others.entries()) await addSecondary(running, id, ['second', 'third'][i] ?? '', region);
  settle();
  return id;
}

export async function addSecondary(
  { elasticache }: RunningEmulator,
  globalId: string,
  id: string,
  region: string,
  input: Partial<CreateReplicationGroupCommandInput> = {},
): Promise<ReplicationGroup> {
  const { ReplicationGroup: created } = await elasticache(region).send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: id,
      ReplicationGroupDescription: 'a secondary',
      GlobalReplicationGroupId: globalId,
      ...input,
    }),
  );
  return created ?? {};
}

export interface Rejection {
  name: string;
  code: string | undefined;
  status: number | undefined;
  message: string;
}

/** Returns the error that the SDK throws for a call. Throws if the call succeeds. */
export async function rejection(call: Promise<unknown>): Promise<Rejection> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ElastiCacheServiceException)) throw error;
    const { name, message, $metadata } = error;
    return { name, code: (error as { Code?: string }).Code, status: $metadata.httpStatusCode, message };
  }
  throw new Error('The call was not rejected.');
}

/** Polls until the assertion holds. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 4_000, interval: 10 });
}

/** Returns the datastore from DescribeGlobalReplicationGroups with its members. */
export async function describeGlobal(
  { elasticache }: RunningEmulator,
  id: string,
  region?: string,
): Promise<GlobalReplicationGroup> {
  const { GlobalReplicationGroups } = await elasticache(region).send(
    new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id, ShowMemberInfo: true }),
  );
  return GlobalReplicationGroups?.[0] ?? {};
}

export async function describeGroup(
  { elasticache }: RunningEmulator,
  id: string,
  region?: string,
): Promise<ReplicationGroup> {
  const { ReplicationGroups } = await elasticache(region).send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
  );
  return ReplicationGroups?.[0] ?? {};
}
