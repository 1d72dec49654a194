import {
  AddTagsToResourceCommand,
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, rejection, startEmulator } from '../harness.ts';

const ResourceName = 'arn:aws:elasticache:us-east-1:000000000000:replicationgroup:first';

const Tags = [{ Key: 'owner', Value: 'me' }];
const createParameterGroup = new CreateCacheParameterGroupCommand({
  CacheParameterGroupName: 'mine',
  CacheParameterGroupFamily: 'redis7',
  Description: 'd',
  Tags,
});
const createSubnetGroup = new CreateCacheSubnetGroupCommand({
  CacheSubnetGroupName: 'mine',
  CacheSubnetGroupDescription: 'd',
  SubnetIds: ['subnet-1'],
  Tags,
});

describe('AddTagsToResource, RemoveTagsFromResource, ListTagsForResource', () => {
  it('add, remove and list the tags of a replication group', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { Tags: [{ Key: 'owner', Value: 'me' }] });
    const client = emulator.elasticache();

    const added = await client.send(
      new AddTagsToResourceCommand({
        ResourceName,
        Tags: [
          { Key: 'owner', Value: 'you' },
          { Key: 'empty', Value: '' },
        ],
      }),
    );
    const removed = await client.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['owner'] }));
    const listed = await client.send(new ListTagsForResourceCommand({ ResourceName }));

    expect(added.TagList).toEqual([
      { Key: 'owner', Value: 'you' },
      { Key: 'empty', Value: '' },
    ]);
    expect(removed.TagList).toEqual([{ Key: 'empty', Value: '' }]);
    expect(listed.TagList).toEqual(removed.TagList);
  });

  it.each([
    ['parametergroup', createParameterGroup],
    ['subnetgroup', createSubnetGroup],
  ])('add, remove and list the tags of a %s', async (type, command) => {
    const emulator = await startEmulator();
    const client = emulator.elasticache();
    const arn = `arn:aws:elasticache:us-east-1:000000000000:${type}:mine`;
    await client.send(command as CreateCacheSubnetGroupCommand);

    const created = await client.send(new ListTagsForResourceCommand({ ResourceName: arn }));
    await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: 'more', Value: 'x' }] }));
    await client.send(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: ['owner'] }));
    const listed = await client.send(new ListTagsForResourceCommand({ ResourceName: arn }));

    expect(created.TagList).toEqual([{ Key: 'owner', Value: 'me' }]);
    expect(listed.TagList).toEqual([{ Key: 'more', Value: 'x' }]);
  });

  it.each(['parametergroup:default.redis7', 'subnetgroup:default'])('list no tags of %s', async (resource) => {
    const emulator = await startEmulator();
    const arn = `arn:aws:elasticache:us-east-1:000000000000:${resource}`;

    const listed = await emulator.elasticache().send(new ListTagsForResourceCommand({ ResourceName: arn }));

    expect(listed.TagList).toEqual([]);
  });

  it('reject more tags than the quota', async () => {
    const emulator = await startEmulator({ quotas: { tags: 1 } });
    await createReplicationGroup(emulator, { Tags: [{ Key: 'owner', Value: 'me' }] });

    const Tags = [{ Key: 'another', Value: 'x' }];
    expect(
      await rejection(emulator.elasticache().send(new AddTagsToResourceCommand({ ResourceName, Tags }))),
    ).toMatchObject({ name: 'TagQuotaPerResourceExceeded' });
  });

  it('reject a key that is given twice, and replace one that exists', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { Tags: [{ Key: 'x', Value: '1' }] });
    const add = (...values: string[]) =>
      emulator
        .elasticache()
        .send(new AddTagsToResourceCommand({ ResourceName, Tags: values.map((Value) => ({ Key: 'x', Value })) }));

    expect(await rejection(add('2', '3'))).toMatchObject({ message: 'The tag key x is given more than once.' });
    expect((await add('2')).TagList).toEqual([{ Key: 'x', Value: '2' }]);
  });

  it('reject the removal of an unknown tag', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const call = emulator.elasticache().send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['none'] }));

    expect(await rejection(call)).toMatchObject({ name: 'TagNotFoundFault', code: 'TagNotFound', status: 404 });
  });

  it('reject a group that is not available', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    emulator.store.getReplicationGroup('first').changes.push({ id: 1, kind: 'modify' });

    for (const command of [
      new ListTagsForResourceCommand({ ResourceName }),
      new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'a', Value: 'b' }] }),
      new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['a'] }),
    ])
      expect(await rejection(emulator.elasticache().send(command as ListTagsForResourceCommand))).toEqual({
        name: 'InvalidReplicationGroupStateFault',
        code: 'InvalidReplicationGroupState',
        status: 400,
        message: 'Cluster not in available state to perform tagging operations.',
      });
  });

  it.each([
    ['a global datastore', 'arn:aws:elasticache::000000000000:globalreplicationgroup:ldgnf-store'],
    ['another region', 'arn:aws:elasticache:eu-west-1:000000000000:replicationgroup:first'],
    ['another account', 'arn:aws:elasticache:us-east-1:111122223333:replicationgroup:first'],
    ['another service', 'arn:aws:rds:us-east-1:000000000000:replicationgroup:first'],
    ['no ARN', 'first'],
  ])('reject the ARN of %s', async (_name, arn) => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    const call = emulator.elasticache().send(new ListTagsForResourceCommand({ ResourceName: arn }));

    expect(await rejection(call)).toMatchObject({ name: 'InvalidARNFault', code: 'InvalidARN', status: 400 });
  });

  it('reject an unknown group', async () => {
    const emulator = await startEmulator();

    const call = emulator.elasticache().send(new ListTagsForResourceCommand({ ResourceName }));

    expect(await rejection(call)).toMatchObject({ name: 'ReplicationGroupNotFoundFault', status: 404 });
  });
});
