import { type CreateReplicationGroupCommandInput, ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, describeGroup, rejection, startEmulator } from './harness.ts';

type Input = Partial<CreateReplicationGroupCommandInput>;

/** A group that meets all requirements of durability. */
const ready: Input = {
  ...{ Engine: 'valkey', EngineVersion: '9.0', CacheNodeType: 'cache.r7g.large' },
  ...{ NumNodeGroups: 2, ReplicasPerNodeGroup: 1, MultiAZEnabled: true },
  ...{ TransitEncryptionEnabled: true, AtRestEncryptionEnabled: false },
};
const durable: Input = { ...ready, Durability: 'sync' };

/** Each requirement, with input that violates only this one. */
const unready: Record<string, Input> = {
  'Valkey 9.0 or later': { EngineVersion: '8.2' },
  'cluster mode enabled': {
    ...{ NumNodeGroups: undefined, ReplicasPerNodeGroup: undefined, NumCacheClusters: 2 },
    AutomaticFailoverEnabled: true,
  },
  'Multi-AZ with at least one replica in each node group': { MultiAZEnabled: false },
  'encryption in transit': { TransitEncryptionEnabled: false },
  'a node type of the families R8g, R7g, R6g, M8g, M7g, M6g, C8gn or C7gn': { CacheNodeType: 'cache.r5.large' },
};

const modify = (input: object) =>
  new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', ApplyImmediately: true, ...input });

describe('durability', () => {
  it.each([
    ['sync', 'sync', true],
    ['async', 'async', true],
    ['disabled', 'disabled', false],
    ['default', 'disabled', false],
    [undefined, 'disabled', false],
  ] as const)('of %s is in effect %s', async (Durability, EffectiveDurability, AtRestEncryptionEnabled) => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, { ...ready, Durability });

    const group = await describeGroup(emulator, 'first');
    expect(group).toMatchObject({ EffectiveDurability, AtRestEncryptionEnabled });
    expect(group.Durability).toBe(Durability);
  });

  it.each(Object.entries(unready))('needs %s', async (name, input) => {
    const emulator = await startEmulator();
    const message = `Durability sync needs ${name}.`;

    expect(await rejection(createReplicationGroup(emulator, { ...durable, ...input }))).toMatchObject({ message });
    await createReplicationGroup(emulator, { ...ready, ...input });
    expect(await rejection(emulator.elasticache().send(modify({ Durability: 'sync' })))).toMatchObject({ message });
  });

  it('changes while the group is modifying', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, ready);

    const { ReplicationGroup } = await emulator.elasticache().send(modify({ Durability: 'async' }));
    emulator.settle();

    expect(ReplicationGroup).toMatchObject({ Status: 'modifying', EffectiveDurability: 'disabled' });
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      ...{ Status: 'available', Durability: 'async', EffectiveDurability: 'async', AtRestEncryptionEnabled: true },
    });
  });

  it.each([
    ['what it needs to be turned off', { MultiAZEnabled: false }, /needs Multi-AZ/],
    ['a node type that is not durable', { CacheNodeType: 'cache.r5.large' }, /needs a node type/],
    ['the same durability', { Durability: 'sync' }, /No modifications were requested/],
    ['another setting with it', { Durability: 'async', SnapshotRetentionLimit: 3 }, /together with other settings/],
    ['an unknown durability', { Durability: 'eventual' }, /must be one of/],
  ])('refuses %s', async (_name, input, message) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, durable);

    expect(await rejection(emulator.elasticache().send(modify(input)))).toMatchObject({
      message: expect.stringMatching(message),
    });
  });

  it('of a member cannot be changed', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, ready);

    expect(await rejection(emulator.elasticache().send(modify({ Durability: 'sync' })))).toMatchObject({
      message: 'Cluster [first] is part of a global cluster [ldgnf-store]. Request rejected.',
    });
  });
});
