import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  aDatastore,
  addSecondary,
  aReplicationGroup,
  describeGlobal,
  describeGroup,
  startEmulator,
} from './harness.ts';

const create = (GlobalReplicationGroupIdSuffix = 'store', PrimaryReplicationGroupId = 'first') =>
  new CreateGlobalReplicationGroupCommand({ GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId });

describe('CreateGlobalReplicationGroup', () => {
  it('answers with the datastore being created over its primary', async () => {
    const emulator = await startEmulator();
    await aReplicationGroup(emulator);

    const { GlobalReplicationGroup } = await emulator.elasticache().send(create());

    expect(GlobalReplicationGroup).toEqual({
      GlobalReplicationGroupId: 'ldgnf-store',
      GlobalReplicationGroupDescription: ' ',
      Status: 'creating',
      CacheNodeType: 'cache.r6g.large',
      Engine: 'redis',
      EngineVersion: '7.1.0',
      Members: [
        {
          ReplicationGroupId: 'first',
          ReplicationGroupRegion: 'us-east-1',
          Role: 'PRIMARY',
          AutomaticFailover: 'disabled',
          Status: 'associating',
        },
      ],
      ClusterEnabled: false,
      AuthTokenEnabled: false,
      TransitEncryptionEnabled: false,
      AtRestEncryptionEnabled: false,
      ARN: 'arn:aws:elasticache::000000000000:globalreplicationgroup:ldgnf-store',
    });
  });

  it('becomes primary-only', async () => {
    const emulator = await startEmulator();
    await aReplicationGroup(emulator);
    await emulator.elasticache().send(create());

    expect(await describeGlobal(emulator, 'ldgnf-store')).toMatchObject({ Status: 'creating' });
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'modifying' });
    emulator.store.tick();

    expect(await describeGlobal(emulator, 'ldgnf-store')).toMatchObject({
      Status: 'primary-only',
      Members: [{ Status: 'associated' }],
    });
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      AutoMinorVersionUpgrade: false,
      GlobalReplicationGroupInfo: {
        GlobalReplicationGroupId: 'ldgnf-store',
        GlobalReplicationGroupMemberRole: 'PRIMARY',
      },
    });
  });

  it('becomes available with a secondary, which is available before', async () => {
    const emulator = await startEmulator();
    const id = await aDatastore(emulator);

    const created = await addSecondary(emulator, id, 'second', 'eu-west-1');
    const seen = [await describeGlobal(emulator, id)];
    emulator.store.tick();
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({ Status: 'available' });
    seen.push(await describeGlobal(emulator, id));
    emulator.store.tick();
    seen.push(await describeGlobal(emulator, id));

    expect(created.Status).toBe('creating');
    expect(seen.map(({ Status, Members }) => [Status, Members?.[0]?.Status])).toEqual([
      ['modifying', 'associating'],
      ['modifying', 'associating'],
      ['available', 'associated'],
    ]);
  });
});
