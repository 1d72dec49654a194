import { Readable } from 'node:stream';
import * as sdk from '@aws-sdk/client-elasticache';
import { HttpResponse } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions } from '../../emulator/actions/index.ts';
import { findOperationSchema } from '../../emulator/protocol/queryProtocol.ts';
import { divideSlots, formatSlots, isFullCoverage, parseSlots, rebalanceSlots } from '../../emulator/rules/slots.ts';
import type { Slots } from '../../emulator/state/types.ts';
import { createReplicationGroup, type RunningEmulator, startEmulator } from './harness.ts';
import { modeledFaults } from './model.ts';
import { differences, parseXml } from './xml.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-south-1', 'us-west-2', 'cn-north-1', 'cn-northwest-1'];
const ids = ['one', 'two'];
const prefixes: Record<string, string> = {
  'us-east-1': 'ldgnf',
  'eu-west-1': 'gxeiz',
  'ap-south-1': 'erpgt',
  'us-west-2': 'sgaui',
  'cn-north-1': 'emvgo',
  'cn-northwest-1': 'ckbem',
};
const globalIds = regions.flatMap((region) => ids.map((id) => `${prefixes[region]}-${id}`));

/** A call of an action in a region, or a tick. */
type Step = { tick: true } | { region: string; action: keyof typeof actions; input: Record<string, unknown> };

const id = fc.constantFrom(...ids);
const now = fc.constant(true);

/** Generates calls for a datastore of a region. Calls that create members are more frequent. */
function arbitraryStep(home: string): fc.Arbitrary<Step> {
  const nearby = regions.filter((region) => region.startsWith('cn-') === home.startsWith('cn-'));
  const region = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...nearby) }, fc.constantFrom(...regions));
  const GlobalReplicationGroupId = fc.oneof(
    { weight: 8, arbitrary: fc.constant(`${prefixes[home]}-one`) },
    fc.constantFrom(...globalIds),
  );
  const step = (action: keyof typeof actions, input: Record<string, fc.Arbitrary<unknown> | undefined>) =>
    fc.record({
      region,
      action: fc.constant(action),
      input: fc.record(input as Record<string, fc.Arbitrary<unknown>>),
    });
  const ofDatastore = (action: keyof typeof actions, input: Record<string, fc.Arbitrary<unknown> | undefined> = {}) =>
    step(action, { GlobalReplicationGroupId, ApplyImmediately: now, ...input });
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [14, fc.constant<Step>({ tick: true })],
    [3, step('CreateReplicationGroup', newGroup)],
    [3, step('CreateGlobalReplicationGroup', newDatastore)],
    [6, step('CreateReplicationGroup', { ...newSecondary, GlobalReplicationGroupId })],
    [
      8,
      step('FailoverGlobalReplicationGroup', {
        GlobalReplicationGroupId,
        PrimaryReplicationGroupId: fc.constant('one'),
        PrimaryRegion: region,
      }),
    ],
    [
      4,
      step('DisassociateGlobalReplicationGroup', {
        GlobalReplicationGroupId,
        ReplicationGroupId: fc.constant('one'),
        ReplicationGroupRegion: region,
      }),
    ],
    [5, ofDatastore('IncreaseNodeGroupsInGlobalReplicationGroup', { NodeGroupCount: fc.integer({ min: 0, max: 6 }) })],
    [
      5,
      fc
        .subarray(['0001', '0002', '0003', '0004'], { minLength: 1 })
        .chain((shards) => retain(`${prefixes[home]}-one`, shards)),
    ],
    [2, ofDatastore('RebalanceSlotsInGlobalReplicationGroup')],
    [6, fc.oneof(...properties.map((input) => ofDatastore('ModifyGlobalReplicationGroup', input)))],
    [2, step('IncreaseReplicaCount', { ReplicationGroupId: id, ApplyImmediately: now, NewReplicaCount: fc.nat(3) })],
    [2, step('DecreaseReplicaCount', { ReplicationGroupId: id, ApplyImmediately: now, NewReplicaCount: fc.nat(2) })],
    [1, step('DeleteGlobalReplicationGroup', { GlobalReplicationGroupId, RetainPrimaryReplicationGroup: now })],
    [1, step('DeleteReplicationGroup', { ReplicationGroupId: id })],
    [
      1,
      step('ModifyReplicationGroup', {
        ReplicationGroupId: id,
        SnapshotRetentionLimit: fc.integer({ min: 0, max: 35 }),
      }),
    ],
  ];
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const newGroup = {
  ReplicationGroupId: id,
  ReplicationGroupDescription: fc.constantFrom('d', '<&>"', 'ü 漢'),
  CacheNodeType: fc.constantFrom('cache.r6g.large', 'cache.r6g.large', 'cache.t4g.small'),
  NumNodeGroups: fc.constantFrom(1, 2, 3),
  ReplicasPerNodeGroup: fc.constantFrom(0, 1),
  EngineVersion: fc.constantFrom('6.2', '7.1'),
  TransitEncryptionEnabled: fc.boolean(),
};

const newDatastore = {
  GlobalReplicationGroupIdSuffix: id,
  PrimaryReplicationGroupId: id,
  GlobalReplicationGroupDescription: fc.constantFrom('', 'd', ' <b> '),
};

const newSecondary = { ReplicationGroupId: fc.constant('one'), ReplicationGroupDescription: fc.constant('s') };

const properties: Record<string, fc.Arbitrary<unknown>>[] = [
  { CacheNodeType: fc.constantFrom('cache.r6g.xlarge', 'cache.r6g.large', 'cache.t3.small') },
  { AutomaticFailoverEnabled: fc.boolean() },
  { GlobalReplicationGroupDescription: fc.constantFrom('x', '') },
  { EngineVersion: fc.constantFrom('7.0', '7.1'), CacheParameterGroupName: fc.constant('default.redis7') },
  { Engine: fc.constant('valkey'), EngineVersion: fc.constant('8.0') },
];

function retain(globalId: string, shards: string[]): fc.Arbitrary<Step> {
  return fc.constant({
    region: 'us-east-1',
    action: 'DecreaseNodeGroupsInGlobalReplicationGroup',
    input: {
      GlobalReplicationGroupId: globalId,
      NodeGroupCount: shards.length,
      ApplyImmediately: true,
      GlobalNodeGroupsToRetain: shards.map((shard) => `${globalId}-${shard}`),
    },
  });
}

/** Generates the creation of a datastore, then random steps. */
const stepSequences = fc
  .record({
    home: fc.constantFrom(...regions),
    NumNodeGroups: fc.constantFrom(1, 2, 3),
    secondaries: fc.constantFrom(0, 1, 2, 2),
  })
  .chain((start) =>
    fc
      .array(arbitraryStep(start.home), { minLength: 15, maxLength: 45, size: 'max' })
      .map((rest) => [...initialSteps(start), ...rest]),
  );

function initialSteps({
  home,
  NumNodeGroups,
  secondaries,
}: {
  home: string;
  NumNodeGroups: number;
  secondaries: number;
}): Step[] {
  const others = regions.filter((other) => other !== home && other.startsWith('cn-') === home.startsWith('cn-'));
  const group = { ReplicationGroupId: 'one', ReplicationGroupDescription: 'd' };
  const shape = { CacheNodeType: 'cache.r6g.large', NumNodeGroups, ReplicasPerNodeGroup: 1 };
  const members = others.slice(0, secondaries).map(
    (region): Step => ({
      region,
      action: 'CreateReplicationGroup',
      input: { ...group, GlobalReplicationGroupId: `${prefixes[home]}-one` },
    }),
  );
  return [
    { region: home, action: 'CreateReplicationGroup', input: { ...group, ...shape } },
    { tick: true },
    {
      region: home,
      action: 'CreateGlobalReplicationGroup',
      input: { GlobalReplicationGroupIdSuffix: 'one', PrimaryReplicationGroupId: 'one' },
    },
    { tick: true },
    ...members,
    { tick: true },
    { tick: true },
  ];
}

const exported = new Map<string, unknown>(Object.entries(sdk));

/** An SDK client that records the XML of each response. */
class RecordingClient {
  readonly #emulator: RunningEmulator;
  #xml = '';
  readonly #client: (region: string) => sdk.ElastiCacheClient;

  constructor(emulator: RunningEmulator) {
    this.#emulator = emulator;
    const clients = new Map<string, sdk.ElastiCacheClient>();
    this.#client = (region) => {
      const client = clients.get(region) ?? this.#newClient(region);
      clients.set(region, client);
      return client;
    };
  }

  /** Calls an action and asserts that the XML and the SDK's response are equal. */
  async call(region: string, action: keyof typeof actions, input: object): Promise<Record<string, unknown>> {
    const Command = exported.get(`${action}Command`) as new (input: object) => sdk.DescribeReplicationGroupsCommand;
    const output: Record<string, unknown> = { ...(await this.#client(region).send(new Command(input))) };
    const response = parseXml(this.#xml).children.find(({ name }) => name === `${action}Result`);
    const schema = findOperationSchema(action)?.[5];
    if (!response || !schema) throw new Error(`No ${action}Result in ${this.#xml}`);
    expect(differences(NormalizedSchema.of(schema), response, output)).toEqual([]);
    return output;
  }

  /** Returns the items of a Describe call. Asserts that they equal the output of the action in the process. */
  async describe<T>(region: string, action: keyof typeof actions, input: object, list: string): Promise<T[]> {
    const { $metadata: _, ...sdkOutput } = await this.call(region, action, input);
    const directOutput = (actions[action] as (store: unknown, input: object) => object)(
      this.#emulator.store.viewFrom(region),
      input,
    );
    expect(sdkOutput).toEqual(directOutput);
    return sdkOutput[list] as T[];
  }

  #newClient(region: string): sdk.ElastiCacheClient {
    return new sdk.ElastiCacheClient({
      region,
      endpoint: this.#emulator.url,
      maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'secret' },
      requestHandler: {
        handle: async (request: { headers: Record<string, string>; body: string }) => {
          const { host: _, 'content-length': __, ...headers } = request.headers;
          const response = await fetch(this.#emulator.url, { method: 'POST', headers, body: request.body });
          this.#xml = await response.text();
          return {
            response: new HttpResponse({
              statusCode: response.status,
              headers: Object.fromEntries(response.headers),
              body: Readable.from([this.#xml]),
            }),
          };
        },
      },
    });
  }
}

const transitions: Record<string, Record<string, string[]>> = {
  datastore: {
    none: ['creating'],
    creating: ['primary-only'],
    'primary-only': ['modifying', 'deleting'],
    modifying: ['available', 'primary-only'],
    available: ['modifying'],
    deleting: ['none'],
  },
  member: {
    none: ['associating'],
    associating: ['associated'],
    associated: ['disassociating', 'none'],
    disassociating: ['none'],
  },
  group: {
    none: ['creating'],
    creating: ['available'],
    available: ['modifying', 'deleting'],
    modifying: ['available'],
    deleting: ['none'],
  },
  failover: {
    none: ['enabled', 'disabled'],
    enabled: ['disabling', 'none'],
    disabling: ['disabled'],
    disabled: ['enabling', 'none'],
    enabling: ['enabled'],
  },
};

/** All statuses by resource: `datastore ldgnf-one` → `available`. */
type Statuses = Map<string, string>;

function expectAllowedTransitions(before: Statuses, after: Statuses): void {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from = 'none', to = 'none'] = [before.get(key), after.get(key)];
    const [kind = ''] = key.split(' ');
    if (from !== to) expect(transitions[kind]?.[from], `${key} from ${from} to ${to}`).toContain(to);
  }
}

/** Describes all resources in all regions and asserts the invariants. */
async function checkInvariants(client: RecordingClient): Promise<Statuses> {
  const statuses: Statuses = new Map();
  const groups = new Map<string, sdk.ReplicationGroup>();
  for (const region of regions)
    for (const group of await client.describe<sdk.ReplicationGroup>(
      region,
      'DescribeReplicationGroups',
      {},
      'ReplicationGroups',
    )) {
      const key = `${region}/${group.ReplicationGroupId}`;
      groups.set(key, group);
      statuses.set(`group ${key}`, group.Status ?? '');
      statuses.set(`failover ${key}`, group.AutomaticFailover ?? '');
      if (group.NodeGroups && group.ClusterEnabled) expectAllSlots(group.NodeGroups);
    }
  await client.describe('us-west-2', 'DescribeCacheClusters', { ShowCacheNodeInfo: true }, 'CacheClusters');
  for (const region of ['us-west-2', 'cn-north-1'])
    for (const datastore of await client.describe<sdk.GlobalReplicationGroup>(
      region,
      'DescribeGlobalReplicationGroups',
      { ShowMemberInfo: true },
      'GlobalReplicationGroups',
    )) {
      statuses.set(`datastore ${datastore.GlobalReplicationGroupId}`, datastore.Status ?? '');
      for (const member of datastore.Members ?? [])
        statuses.set(
          `member ${datastore.GlobalReplicationGroupId} ${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`,
          member.Status ?? '',
        );
      expectConsistent(datastore, groups);
    }
  return statuses;
}

function expectAllSlots(nodeGroups: { Slots?: string | undefined }[]): void {
  const slots = nodeGroups.map(({ Slots = '' }) => parseSlots(Slots) ?? []);
  expect(isFullCoverage(slots), JSON.stringify(nodeGroups)).toBe(true);
}

function expectConsistent(datastore: sdk.GlobalReplicationGroup, groups: Map<string, sdk.ReplicationGroup>): void {
  const members = datastore.Members ?? [];
  const isStable = datastore.Status === 'available' || datastore.Status === 'primary-only';
  expect(members.filter(({ Role }) => Role === 'PRIMARY')).toHaveLength(1);
  expect(members.length).toBeLessThanOrEqual(3);
  expect(new Set(members.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion)).size).toBe(members.length);
  expect(new Set(members.map(({ ReplicationGroupRegion = '' }) => ReplicationGroupRegion.startsWith('cn-'))).size).toBe(
    1,
  );
  expect(datastore.GlobalNodeGroups !== undefined).toBe(datastore.ClusterEnabled);
  if (datastore.GlobalNodeGroups) expectAllSlots(datastore.GlobalNodeGroups);
  if (datastore.Status === 'primary-only') expect(members).toHaveLength(1);
  if (datastore.Status === 'available') expect(members.length).toBeGreaterThan(1);
  if (isStable) expect(members.map(({ Status }) => Status)).toEqual(members.map(() => 'associated'));
  for (const member of members) {
    const group = groups.get(`${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`);
    expect(group?.GlobalReplicationGroupInfo).toEqual({
      GlobalReplicationGroupId: datastore.GlobalReplicationGroupId,
      GlobalReplicationGroupMemberRole: member.Role,
    });
    expect(group?.AutomaticFailover).toBe(member.AutomaticFailover);
    expect({
      CacheNodeType: group?.CacheNodeType,
      Engine: group?.Engine,
      ClusterEnabled: group?.ClusterEnabled,
      TransitEncryptionEnabled: group?.TransitEncryptionEnabled,
      AtRestEncryptionEnabled: group?.AtRestEncryptionEnabled,
    }).toEqual({
      CacheNodeType: datastore.CacheNodeType,
      Engine: datastore.Engine,
      ClusterEnabled: datastore.ClusterEnabled,
      TransitEncryptionEnabled: datastore.TransitEncryptionEnabled,
      AtRestEncryptionEnabled: datastore.AtRestEncryptionEnabled,
    });
    if (isStable) expect(group?.Status).toBe('available');
    if (isStable && datastore.ClusterEnabled)
      expect(group?.NodeGroups?.map(({ Slots }) => Slots)).toEqual(
        datastore.GlobalNodeGroups?.map(({ Slots }) => Slots),
      );
  }
}

/** Runs a step. Asserts that an error is a modeled error of the action. */
async function runStep(
  client: RecordingClient,
  emulator: RunningEmulator,
  step: Step,
  outcomes: Map<string, number>,
): Promise<void> {
  if ('tick' in step) {
    emulator.store.tick();
    return;
  }
  const { region, action, input } = step;
  let outcome = 'fine';
  try {
    await client.call(region, action, input);
  } catch (error) {
    if (!(error instanceof sdk.ElastiCacheServiceException)) throw error;
    expect(modeledFaults(action), error.message).toContain(error.name);
    outcome = error.name;
  }
  const key = `${action} ${outcome}`;
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
}

describe('random requests in any order and region', () => {
  it('keep one primary, all slots, equal members and legal transitions', {
    timeout: 120_000,
  }, async () => {
    const emulator = await startEmulator();
    const outcomes = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(stepSequences, async (steps) => {
        emulator.store.reset();
        const client = new RecordingClient(emulator);
        let statuses: Statuses = new Map();
        for (const step of steps) {
          await runStep(client, emulator, step, outcomes);
          const next = await checkInvariants(client);
          expectAllowedTransitions(statuses, next);
          statuses = next;
        }
        emulator.settle();
        await checkInvariants(client);
        expect(emulator.store.listGlobalGroups().flatMap(({ changes }) => changes)).toEqual([]);
      }),
      { numRuns: 10 },
    );

    const succeeded = [...outcomes.keys()].filter((key) => key.endsWith(' fine'));
    expect(succeeded, 'operations that went well at least once').toEqual(
      expect.arrayContaining(['CreateReplicationGroup fine', 'CreateGlobalReplicationGroup fine']),
    );
  });
});

describe('responses about resources other than groups', () => {
  it.each<[keyof typeof actions, object, string]>([
    ['DescribeCacheEngineVersions', {}, 'CacheEngineVersions'],
    ['DescribeCacheParameterGroups', {}, 'CacheParameterGroups'],
    ['DescribeCacheParameters', { CacheParameterGroupName: 'default.valkey8' }, 'Parameters'],
    ['DescribeCacheSubnetGroups', {}, 'CacheSubnetGroups'],
    ['ListAllowedNodeTypeModifications', { ReplicationGroupId: 'first' }, 'ScaleUpModifications'],
  ])('%s: the XML is what the SDK returns', async (action, input, list) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    expect(await new RecordingClient(emulator).describe('us-east-1', action, input, list)).not.toEqual([]);
  });
});

const shards = fc
  .array(fc.integer({ min: 1, max: 16383 }), { maxLength: 60 })
  .chain((cuts) => {
    const bounds = [...new Set([0, ...cuts, 16384])].toSorted((a, b) => a - b);
    const ranges = bounds.slice(1).map((to, i): Slots[number] => [bounds[i] ?? 0, to - 1]);
    return fc
      .array(fc.nat(), { minLength: ranges.length, maxLength: ranges.length })
      .map((owners) => ({ ranges, owners }));
  })
  .chain(({ ranges, owners }) =>
    fc.integer({ min: 1, max: 20 }).map((count) => {
      const slots = Array.from({ length: count }, (): Slots => []);
      for (const [i, range] of ranges.entries()) slots[(owners[i] ?? 0) % count]?.push(range);
      return slots;
    }),
  );

const sizeOf = (slots: Slots) => slots.reduce((sum, [from, to]) => sum + to - from + 1, 0);

describe('slots', () => {
  it('are all assigned once and evenly after any resharding', () => {
    fc.assert(
      fc.property(shards, fc.integer({ min: 0, max: 10 }), fc.nat(), (before, added, removedIndex) => {
        const remaining = before.length > 1 ? before.filter((_, i) => i !== removedIndex % before.length) : before;
        const unassigned = before.length > 1 ? (before[removedIndex % before.length] ?? []) : [];
        const targets = [...remaining, ...Array.from({ length: added }, (): Slots => [])];

        const after = rebalanceSlots(targets, unassigned);

        expect(after).toHaveLength(targets.length);
        expect(isFullCoverage(after)).toBe(true);
        const sizes = after.map(sizeOf);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(after.map((slots) => parseSlots(formatSlots(slots)))).toEqual(after);
      }),
    );
  });

  it('move as little as possible', () => {
    fc.assert(
      fc.property(shards, (before) => {
        const after = rebalanceSlots(before);

        const goal = 16384 / before.length;
        const mustMove = before.reduce((sum, slots) => sum + Math.max(0, sizeOf(slots) - Math.ceil(goal)), 0);
        const moved = before.reduce((sum, slots, i) => sum + sizeOf(slots) - common(slots, after[i] ?? []), 0);
        expect(moved).toBeLessThanOrEqual(mustMove + before.length);
      }),
    );
  });

  it.each([1, 2, 3, 7, 90, 500])('are even and in order for %d new shards', (count) => {
    const slots = divideSlots(count);

    expect(isFullCoverage(slots)).toBe(true);
    expect(slots.flat()).toHaveLength(count);
    expect(new Set(slots.map(sizeOf)).size).toBeLessThanOrEqual(2);
  });

  it.each(['', 'x', '1-', '-1', '5-3', '0-16384', '1,,2', '1-2-3'])('are not parsed from %j', (text) => {
    expect(parseSlots(text)).toBeUndefined();
  });
});

/** Returns the number of slots in both lists. */
function common(a: Slots, b: Slots): number {
  let shared = 0;
  for (const [from, to] of a)
    for (const [start, end] of b) shared += Math.max(0, Math.min(to, end) - Math.max(from, start) + 1);
  return shared;
}
