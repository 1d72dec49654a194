import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { createProxy } from '../support/proxy.ts';
import { createRandom, randomFault } from './topologies.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator } = await startApi({
  transitionMs: 20,
  proxy,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1', RETRY_AFTER_SECONDS: '1' },
});

const places = { 'us-east-1': 'use1', 'eu-west-1': 'euw1', 'ap-southeast-2': 'apse2' } as const;
type Region = keyof typeof places;

const member = (name: string, region: Region, Role: 'PRIMARY' | 'SECONDARY') => ({
  ReplicationGroupId: `${name}-${places[region]}`,
  ReplicationGroupRegion: region,
  Role,
});

it.each([
  ['creates two secondaries', 'one', ['us-east-1'], ['us-east-1', 'eu-west-1', 'ap-southeast-2']],
  ['moves the primary', 'two', ['us-east-1', 'eu-west-1'], ['eu-west-1', 'us-east-1']],
  ['removes a region', 'three', ['us-east-1', 'eu-west-1'], ['us-east-1']],
  ['moves to another region', 'four', ['us-east-1'], ['ap-southeast-2']],
] as [string, string, Region[], Region[]][])(
  'in the durable engine, a run %s although every fifth call fails',
  async (_, name, from, to) => {
    const [home = 'us-east-1', ...others] = from;
    await emulator.seed(`${name}-use1`, home);
    const { body } = await call('POST /global-datastores', {
      body: { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1` },
      headers: { prefer: 'wait=10' },
    });
    const id = body.GlobalReplicationGroup.GlobalReplicationGroupId;
    for (const region of others) {
      const { Role: __, ...secondary } = member(name, region, 'SECONDARY');
      await call(`POST /global-datastores/${id}/members`, { body: secondary, headers: { prefer: 'wait=10' } });
    }
    await emulator.calls();
    const figures = { calls: 0, faults: {} };
    proxy.inject(randomFault(createRandom(name.length * 7919), figures), { times: Number.POSITIVE_INFINITY });

    const Members = to.map((region, index) => member(name, region, index === 0 ? 'PRIMARY' : 'SECONDARY'));
    await durable.start(`${id}_${name}`, {
      Kind: 'APPLY',
      GlobalReplicationGroupId: id,
      Members,
      Known: from.map((region) => member(name, region, 'PRIMARY')),
      OnFailure: 'keep',
    });
    const operation = async () => (await call(`GET /operations/${id}_${name}`)).body.Operation;
    while ((await operation()).Status === 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 200));
    proxy.clear();

    expect(await operation()).toMatchObject({ Status: 'SUCCEEDED' });
    const shown = (await call(`GET /global-datastores/${id}`)).body.GlobalReplicationGroup.Members as typeof Members;
    const roles = shown.map(({ ReplicationGroupRegion, Role }) => `${ReplicationGroupRegion} ${Role}`);
    expect(roles.sort()).toEqual(
      Members.map(({ ReplicationGroupRegion, Role }) => `${ReplicationGroupRegion} ${Role}`).sort(),
    );
    const promoted = (await emulator.calls()).filter(({ Action, Code }) => Action.startsWith('Failover') && !Code);
    expect(promoted).toHaveLength(home === to[0] ? 0 : 1);
  },
  60_000,
);
