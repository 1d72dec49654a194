import {
  type CreateReplicationGroupCommandInput,
  ListAllowedNodeTypeModificationsCommand,
  ModifyGlobalReplicationGroupCommand,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { listNodeTypes } from '../../../emulator/rules/nodeTypes.ts';
import { createDatastore, createReplicationGroup, type RunningEmulator, startEmulator } from '../harness.ts';

async function list(
  { elasticache }: RunningEmulator,
  input: object = { ReplicationGroupId: 'first' },
  region?: string,
) {
  const { ScaleUpModifications = [], ScaleDownModifications = [] } = await elasticache(region).send(
    new ListAllowedNodeTypeModificationsCommand(input),
  );
  return { up: ScaleUpModifications, down: ScaleDownModifications };
}

/** Returns the node types that a change accepts. Each change starts from the same state. */
async function findAccepted(
  emulator: RunningEmulator,
  change: (nodeType: string) => Promise<unknown>,
): Promise<string[]> {
  const state = emulator.store.save();
  const accepted: string[] = [];
  for (const nodeType of listNodeTypes()) {
    await change(nodeType).then(
      () => accepted.push(nodeType),
      () => {},
    );
    emulator.store.load(state);
  }
  return accepted;
}

describe('ListAllowedNodeTypeModifications', () => {
  it('splits types by memory, as in the sample of awscli', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { CacheNodeType: 'cache.r5.xlarge', EngineVersion: '5.0.6' });

    const { up, down } = await list(emulator);

    expect(up).toEqual(
      expect.arrayContaining(['cache.m5.12xlarge', 'cache.m5.4xlarge', 'cache.r5.2xlarge', 'cache.r5.24xlarge']),
    );
    expect(down).toEqual(
      expect.arrayContaining([
        'cache.m4.xlarge',
        'cache.m5.2xlarge',
        'cache.r4.xlarge',
        'cache.r5.large',
        'cache.t3.micro',
      ]),
    );
    expect([...up, ...down]).not.toContain('cache.r5.xlarge');
  });

  it('returns the same for a node as for its replication group', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 2 });

    expect(await list(emulator, { CacheClusterId: 'First-002' })).toEqual(await list(emulator));
  });

  const redis = { Engine: 'redis', EngineVersion: '7.1' };
  const durable = {
    Engine: 'valkey',
    EngineVersion: '9.0',
    NumNodeGroups: 2,
    ReplicasPerNodeGroup: 1,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
    TransitEncryptionEnabled: true,
    Durability: 'sync',
  } as const;

  it.each<[string, Partial<CreateReplicationGroupCommandInput>]>([
    ['Redis OSS 5.0.6', { Engine: 'redis', EngineVersion: '5.0.6' }],
    ['Redis OSS 7.1', redis],
    ['Valkey 8.0', { Engine: 'valkey', EngineVersion: '8.0' }],
    ['data tiering', { ...redis, CacheNodeType: 'cache.r6gd.xlarge', DataTieringEnabled: true }],
    ['durability', durable],
  ])('returns what a modification accepts: %s', async (_name, input) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, input);
    const { nodeType } = emulator.store.getReplicationGroup('first');

    const { up, down } = await list(emulator);
    const accepted = await findAccepted(emulator, (CacheNodeType) =>
      emulator
        .elasticache()
        .send(
          new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', CacheNodeType, ApplyImmediately: true }),
        ),
    );

    expect([...up, ...down].sort()).toEqual(accepted.filter((other) => other !== nodeType).sort());
    expect(up.length).toBeGreaterThan(0);
  });

  it.each<[string, Partial<CreateReplicationGroupCommandInput>]>([
    ['Redis OSS 5.0.6', { Engine: 'redis', EngineVersion: '5.0.6' }],
    ['Valkey 8.0', { Engine: 'valkey', EngineVersion: '8.0' }],
    ['data tiering', { ...redis, CacheNodeType: 'cache.r6gd.xlarge', DataTieringEnabled: true }],
  ])('returns what a modification of the datastore accepts for each member: %s', async (_name, input) => {
    const emulator = await startEmulator();
    const GlobalReplicationGroupId = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], ...input });

    const { up, down } = await list(emulator);
    const accepted = await findAccepted(emulator, (CacheNodeType) =>
      emulator
        .elasticache()
        .send(
          new ModifyGlobalReplicationGroupCommand({ GlobalReplicationGroupId, CacheNodeType, ApplyImmediately: true }),
        ),
    );

    expect([...up, ...down].sort()).toEqual(accepted.sort());
    expect(await list(emulator, { ReplicationGroupId: 'second' }, 'eu-west-1')).toEqual({ up, down });
  });
});
