import { afterEach, describe, expect, it } from 'vitest';
import { globalDatastores, type Operations, type ShownChange } from '../../client/index.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { serveApi } from '../support/serveApi.ts';

process.env.POLL_MS = '20';
const { call, emulator } = await startApi({ transitionMs: 60 });
const { make } = datastores(emulator);

const client = globalDatastores({ url: await serveApi(call) });

afterEach(() => emulator.clearFaults());

interface Kind<N extends ShownChange> {
  /** The action of AWS that accepts the change. */
  readonly action: string;
  readonly secondaries?: readonly string[];
  readonly primary?: object;
  readonly input: (name: string) => Omit<Operations[N]['input'], 'GlobalReplicationGroupId'>;
}

const europe = (name: string) => ({ ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: `${name}-eu-west-1` });
const kinds: { readonly [N in ShownChange]: Kind<N> } = {
  addMember: { action: 'CreateReplicationGroup', input: europe },
  removeMember: { action: 'DisassociateGlobalReplicationGroup', secondaries: ['eu-west-1'], input: europe },
  failoverGlobalDatastore: {
    action: 'FailoverGlobalReplicationGroup',
    secondaries: ['eu-west-1'],
    input: () => ({ PrimaryRegion: 'eu-west-1' }),
  },
  modifyGlobalDatastore: {
    action: 'ModifyGlobalReplicationGroup',
    input: () => ({ CacheNodeType: 'cache.r7g.xlarge' }),
  },
  scaleNodeGroups: {
    action: 'IncreaseNodeGroupsInGlobalReplicationGroup',
    primary: clusterMode,
    input: () => ({ NodeGroupCount: 3 }),
  },
  deleteGlobalDatastore: { action: 'DeleteGlobalReplicationGroup', input: () => ({}) },
};

describe.each(Object.keys(kinds) as ShownChange[])('waitUntilApplied of %s', (operation) => {
  const { action, secondaries, primary, input: inputOf } = kinds[operation];
  const send = async (name: string) => {
    const input = { GlobalReplicationGroupId: await make(name, secondaries, primary), ...inputOf(name) };
    return input as Operations[typeof operation]['input'];
  };
  const change = (input: object, options = {}) =>
    (client[operation] as (input: object, options: object) => Promise<unknown>)(input, options);
  const name = operation.toLowerCase().slice(0, 10);

  it('throws when AWS accepts the change and drops it', async () => {
    const input = await send(`lost-${name}`);
    await emulator.fail({ Action: action, Dropped: true });

    await change(input);

    await expect(client.waitUntilApplied(operation, input)).rejects.toMatchObject({ code: 'ChangeNotApplied' });
  });

  it('is not needed with wait: the change itself throws', async () => {
    const input = await send(`wait-${name}`);
    await emulator.fail({ Action: action, Dropped: true });

    await expect(change(input, { wait: 10 })).rejects.toMatchObject({ status: 424, code: 'ChangeNotApplied' });
  });

  it('returns the datastore when AWS applies the change', async () => {
    const input = await send(`made-${name}`);

    await change(input);

    const isDeletion = operation === 'deleteGlobalDatastore';
    const datastore = await client.waitUntilApplied(operation, input);
    expect(datastore?.GlobalReplicationGroupId).toBe(isDeletion ? undefined : input.GlobalReplicationGroupId);
  });
});

it('throws for a member that ends create-failed', async () => {
  const input = { GlobalReplicationGroupId: await make('broken'), ...europe('broken') };
  emulator.store.accountState.failOnCreate.push('eu-west-1/broken-eu-west-1');

  await client.addMember(input);

  await expect(client.waitUntilApplied('addMember', input)).rejects.toMatchObject({ code: 'ChangeNotApplied' });
});
