import { expect, test } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

const { call, emulator } = await startApi({ regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'] });
await emulator.seed('sessions-use1', 'us-east-1', {
  NumCacheClusters: undefined,
  NumNodeGroups: 2,
  ReplicasPerNodeGroup: 1,
});

const datastorePath = '/global-datastores/ldgnf-sessions';

async function waitForStatus(status: string) {
  await until(async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status === status);
  return (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup;
}

test('A datastore is created, changed, failed over, scaled and deleted', async () => {
  const created = await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'sessions', PrimaryReplicationGroupId: 'sessions-use1' },
  });
  expect(created.status, JSON.stringify(created.body)).toBe(202);
  await waitForStatus('primary-only');

  for (const [id, region] of [
    ['sessions-euw1', 'eu-west-1'],
    ['sessions-apse2', 'ap-southeast-2'],
  ]) {
    const added = await call(`POST ${datastorePath}/members`, {
      body: { ReplicationGroupId: id, ReplicationGroupRegion: region, ReplicasPerNodeGroup: 2 },
    });
    expect(added.status, JSON.stringify(added.body)).toBe(202);
    expect(added.headers.location).toBe(datastorePath);
    expect(added.body.ReplicationGroup.ReplicationGroupId).toBe(id);
    await waitForStatus('available');
  }

  const failover = await call(`POST ${datastorePath}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
  expect(failover.status, JSON.stringify(failover.body)).toBe(202);
  const after = await waitForStatus('available');
  expect(after.Members.find((m: { Role: string }) => m.Role === 'PRIMARY').ReplicationGroupRegion).toBe('eu-west-1');

  const up = await call(`PUT ${datastorePath}/node-groups`, { body: { NodeGroupCount: 3 } });
  expect(up.status, JSON.stringify(up.body)).toBe(202);
  expect((await waitForStatus('available')).GlobalNodeGroups).toHaveLength(3);
  const same = await call(`PUT ${datastorePath}/node-groups`, { body: { NodeGroupCount: 3 } });
  expect(same.status).toBe(200);
  const down = await call(`PUT ${datastorePath}/node-groups`, { body: { NodeGroupCount: 1 } });
  expect(down.body.Plan).toEqual(['Decrease from 3 to 1 node groups. Retain ldgnf-sessions-0001.']);
  expect((await waitForStatus('available')).GlobalNodeGroups).toEqual([
    { GlobalNodeGroupId: 'ldgnf-sessions-0001', Slots: '0-16383' },
  ]);
  expect((await call(`POST ${datastorePath}/rebalance`)).status).toBe(202);
  await waitForStatus('available');

  const modified = await call(`PATCH ${datastorePath}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
  expect(modified.status, JSON.stringify(modified.body)).toBe(202);
  expect((await waitForStatus('available')).CacheNodeType).toBe('cache.r7g.xlarge');

  const refused = await call(`DELETE ${datastorePath}`);
  expect(refused.status).toBe(409);
  expect(refused.body.remedies).toHaveLength(2);
  for (const { method, href } of refused.body.remedies) {
    expect((await call(`${method} ${href}`)).status).toBe(202);
    await until(async () =>
      ['available', 'primary-only'].includes((await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status),
    );
  }
  await waitForStatus('primary-only');
  const deleted = await call(`DELETE ${datastorePath}`);
  expect(deleted.status).toBe(202);
  await until(async () => (await call(`GET ${datastorePath}`)).status === 404);
  const group = await call('GET /replication-groups/eu-west-1/sessions-euw1');
  expect(group.body.ReplicationGroup.Status).toBe('available');
});
