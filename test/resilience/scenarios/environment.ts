import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, vi } from 'vitest';
import { findAction } from '../../../emulator/actions/index.ts';
import { replicationGroupStatusOf } from '../../../emulator/rules/replicationGroup.ts';
import { findSecretAction } from '../../../emulator/secretsManager/actions.ts';
import type { SavedState } from '../../../emulator/state/types.ts';
import { createDurableApi } from '../../../local/lambdaDurableApi.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { startApi } from '../../support/api.ts';
import { installClock, resetClock } from './clock.ts';
import { interceptCalls } from './transport.ts';

/** The name of the datastore and the prefix of all other names in the prepared states. */
const placeholder = 'zzzzzz';

/** The number of members at the start of a scenario. With 0, the datastore does not exist. */
export type Members = 0 | 1 | 2 | 3;

export const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;

/** The key of the tag of replication groups whose value is the owner. */
export const ownerTag = 'team';

/**
 * Starts the environment of scenarios: the API in this process, with an emulator whose transitions only `tick` and
 * `completeChanges` advance.
 */
export async function startEnvironment() {
  installClock();
  const lambda = await startEngine();
  const api = await startApi({
    regions: [...regions],
    transitionMs: Number.POSITIVE_INFINITY,
    quotas: { nodes: 10_000 },
    environment: {
      AWS_ENDPOINT_URL_LAMBDA: lambda,
      OWNER_CACHE_MS: '0',
      UNRESPONSIVE_MS: '0',
      FAILOVER_LEASE_MS: '25000',
    },
  });
  const { policy } = (await import('../../../src/policy/policy.ts')) as { policy: Policy };
  const { store } = api.emulator;
  interceptCalls();
  const random = Math.random;
  vi.spyOn(Math, 'random').mockImplementation(() => random() / 50); // the SDK waits a random time before a retry

  /** Calls an action of AWS directly, not through the API. Throws the error of the emulator. */
  function aws(region: string, action: string, input: object): object {
    return findAction(action)?.(store.viewFrom(region), { ...input }) ?? {};
  }

  /** Completes all changes in progress. */
  function completeChanges(): void {
    while (store.tick() > 0);
  }

  const prepared = [0, 1, 2, 3].map((members) => prepare(members as Members));

  function prepare(members: Members): SavedState {
    store.reset();
    const secret = { Name: 'elasticache/scenarios', SecretString: 'the-next-token-22', ClientRequestToken: 'first' };
    findSecretAction('CreateSecret')?.(store.viewFrom('us-east-1'), secret);
    for (const [suffix, owner, region = 'us-east-1'] of groups) {
      aws(region, 'CreateReplicationGroup', {
        ReplicationGroupId: `${placeholder}-${suffix}`,
        ReplicationGroupDescription: 'prepared',
        Engine: 'valkey',
        EngineVersion: '7.2',
        CacheNodeType: 'cache.r7g.large',
        NumNodeGroups: 2,
        ReplicasPerNodeGroup: 1,
        NodeGroupConfiguration: [{ Slots: '0-99' }, { Slots: '100-16383' }],
        AutomaticFailoverEnabled: true,
        TransitEncryptionEnabled: true,
        AuthToken: 'the-former-token-1',
        Tags: [{ Key: ownerTag, Value: owner }],
      });
    }
    completeChanges();
    createDatastore(`${placeholder}-old`, `${placeholder}-a-old`);
    if (members > 0) createDatastore(placeholder, `${placeholder}-a-use1`);
    for (const region of regions.slice(1, members)) {
      aws(region, 'CreateReplicationGroup', {
        GlobalReplicationGroupId: `ldgnf-${placeholder}`,
        ReplicationGroupId: `${placeholder}-a-${short(region)}`,
        ReplicationGroupDescription: 'prepared',
        Tags: [{ Key: ownerTag, Value: 'a' }],
      });
      completeChanges();
    }
    return store.save();
  }

  function createDatastore(GlobalReplicationGroupIdSuffix: string, PrimaryReplicationGroupId: string): void {
    aws('us-east-1', 'CreateGlobalReplicationGroup', { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId });
    completeChanges();
  }

  let scenarios = 0;

  return {
    ...api,
    lambda,
    aws,
    completeChanges,

    /** Advances each change in progress by one step. */
    tick: () => store.tick(),

    /** Resets the clock and the emulator, and sets a policy and a datastore with that many members. Returns its new name. */
    reset(members: Members, rules: Policy): string {
      const name = `s${String(scenarios++).padStart(5, '0')}`;
      resetClock();
      store.reset();
      store.load(JSON.parse(JSON.stringify(prepared[members]).replaceAll(placeholder, name)));
      for (const rule of Object.keys(policy)) delete (policy as Record<string, unknown>)[rule];
      Object.assign(policy, rules);
      return name;
    },

    /** Returns a datastore as AWS describes it. Undefined if it does not exist. */
    describe(id: string): Described | undefined {
      try {
        const input = { GlobalReplicationGroupId: id, ShowMemberInfo: true };
        const found = aws('us-east-1', 'DescribeGlobalReplicationGroups', input);
        return structuredClone((found as { GlobalReplicationGroups: Described[] }).GlobalReplicationGroups[0]);
      } catch {
        return undefined;
      }
    },

    /** Returns the owner in the tag of a replication group. */
    ownerOf: (region: string, id: string): string | undefined =>
      store
        .viewFrom(region)
        .findReplicationGroup(id)
        ?.tags.find(({ Key }) => Key === ownerTag)?.Value,

    /** Returns all replication groups. `hidesTags` is true while AWS does not return their tags. */
    groups: () =>
      Object.values(store.accountState.replicationGroups).map((group) => ({
        ...group,
        hidesTags: replicationGroupStatusOf(group) !== 'available',
      })),
  };
}

export type Environment = Awaited<ReturnType<typeof startEnvironment>>;

/** A datastore as AWS describes it. */
export interface Described {
  readonly Status: string;
  readonly CacheNodeType?: string;
  readonly EngineVersion?: string;
  readonly GlobalReplicationGroupDescription?: string;
  readonly GlobalNodeGroups?: readonly { readonly GlobalNodeGroupId: string; readonly Slots: string }[];
  readonly Members?: readonly {
    readonly ReplicationGroupId: string;
    readonly ReplicationGroupRegion: string;
    readonly Role: string;
    readonly Status: string;
  }[];
}

/** The replication groups in each prepared state: the suffix of their name, their owner and their region. */
const groups: readonly (readonly [string, string, string?])[] = [
  ['a-old', 'a'],
  ['a-use1', 'a'],
  ['a-spare', 'a'],
  ['b-spare', 'b'],
];

/** Returns the short form of a region, as it is in names: `use1`. */
export const short = (region: string): string => region.replace(/^(..)-(.).*(\d)$/, '$1$2$3');

/** Starts a durable engine that stores executions and never runs them. Returns its URL. */
async function startEngine(): Promise<string> {
  const functions = { 'global-datastore-api-dev-reconcile': undefined as never };
  const server = createDurableApi({ functions });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  afterAll(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
