import fc from 'fast-check';
import type { Policy } from '../../../src/policy/policy.ts';
import type { Members } from './environment.ts';
import type { Fault, FaultKind } from './transport.ts';

/** The change that ana requests, and the number of members that the datastore has before it. */
export interface RequestedChange {
  readonly route: string;
  readonly title: string;
  readonly members: Members;
  readonly request: (name: string) => { readonly request: string; readonly body?: object };
  /** The rules that forbid it. */
  readonly forbiddenBy?: readonly RuleName[];
  /** True if its contract has If-Match. */
  readonly takesIfMatch?: boolean;
}

export type RuleName =
  | 'Regions'
  | 'SuffixPattern'
  | 'NodeFamilies'
  | 'MaxDatastores'
  | 'FailoverReasonRequired'
  | 'FailoverCooldownMinutes';

/** The rules, with values that forbid the requested changes whose `forbiddenBy` names them. */
export const rules: Readonly<Record<RuleName, Policy>> = {
  Regions: { Regions: ['us-east-1'] },
  SuffixPattern: { SuffixPattern: '^prod-' },
  NodeFamilies: { NodeFamilies: ['r6g'] },
  MaxDatastores: { MaxDatastores: 1 },
  FailoverReasonRequired: { FailoverReasonRequired: true },
  FailoverCooldownMinutes: { FailoverCooldownMinutes: 60 },
};

const home = (name: string) => `/global-datastores/ldgnf-${name}`;
const memberOf = (name: string) => `PATCH ${home(name)}/members/eu-west-1/${name}-a-euw1`;
const member = (name: string, region: string, id: string) => ({
  ReplicationGroupId: `${name}-${id}`,
  ReplicationGroupRegion: region,
});
const primary = (name: string, region: string, id: string) => ({ ...member(name, region, id), Role: 'PRIMARY' });
const secondary = (name: string, region: string, id: string) => ({ ...member(name, region, id), Role: 'SECONDARY' });

/** The requested changes by their contract. The first of each contract is the simplest. */
export const requestedChanges: readonly RequestedChange[] = [
  ...creates(),
  {
    route: 'modifyGlobalDatastore',
    title: 'node type',
    members: 2,
    request: (name) => ({ request: `PATCH ${home(name)}`, body: { CacheNodeType: 'cache.r7g.xlarge' } }),
    forbiddenBy: ['NodeFamilies'],
    takesIfMatch: true,
  },
  {
    route: 'modifyGlobalDatastore',
    title: 'description',
    members: 2,
    request: (name) => ({ request: `PATCH ${home(name)}`, body: { GlobalReplicationGroupDescription: 'by ana' } }),
    takesIfMatch: true,
  },
  {
    route: 'modifyGlobalDatastore',
    title: 'version',
    members: 2,
    request: (name) => ({ request: `PATCH ${home(name)}`, body: { EngineVersion: '8.0' } }),
    takesIfMatch: true,
  },
  {
    route: 'deleteGlobalDatastore',
    title: 'without secondaries',
    members: 1,
    request: (name) => ({ request: `DELETE ${home(name)}` }),
    takesIfMatch: true,
  },
  {
    route: 'deleteGlobalDatastore',
    title: 'with secondaries',
    members: 2,
    request: (name) => ({ request: `DELETE ${home(name)}?DetachSecondaries=true` }),
    takesIfMatch: true,
  },
  ...failovers(),
  {
    route: 'addMember',
    title: 'second member',
    members: 1,
    request: (name) => ({ request: `POST ${home(name)}/members`, body: member(name, 'eu-west-1', 'a-euw1') }),
    forbiddenBy: ['Regions'],
    takesIfMatch: true,
  },
  {
    route: 'addMember',
    title: 'third member',
    members: 2,
    request: (name) => ({
      request: `POST ${home(name)}/members`,
      body: { ...member(name, 'ap-southeast-2', 'a-aps2'), ReplicationGroupDescription: 'by ana' },
    }),
    forbiddenBy: ['Regions'],
    takesIfMatch: true,
  },
  {
    route: 'modifyMember',
    title: 'more replicas',
    members: 2,
    request: (name) => ({ request: memberOf(name), body: { ReplicasPerNodeGroup: 2 } }),
    takesIfMatch: true,
  },
  {
    route: 'modifyMember',
    title: 'snapshots',
    members: 3,
    request: (name) => ({ request: memberOf(name), body: { SnapshotRetentionLimit: 7 } }),
    takesIfMatch: true,
  },
  {
    route: 'removeMember',
    title: 'second member',
    members: 2,
    request: (name) => ({ request: `DELETE ${home(name)}/members/eu-west-1/${name}-a-euw1` }),
    takesIfMatch: true,
  },
  {
    route: 'scaleNodeGroups',
    title: 'more',
    members: 1,
    request: (name) => ({ request: `PUT ${home(name)}/node-groups`, body: { NodeGroupCount: 3 } }),
    takesIfMatch: true,
  },
  {
    route: 'scaleNodeGroups',
    title: 'fewer',
    members: 1,
    request: (name) => ({ request: `PUT ${home(name)}/node-groups`, body: { NodeGroupCount: 1 } }),
    takesIfMatch: true,
  },
  {
    route: 'rebalanceSlots',
    title: 'slots',
    members: 1,
    request: (name) => ({ request: `POST ${home(name)}/rebalance` }),
    takesIfMatch: true,
  },
  ...topologies(),
  {
    route: 'rotateAuthToken',
    title: 'token',
    members: 2,
    request: (name) => ({
      request: `POST ${home(name)}/auth-token`,
      body: { AuthTokenSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:elasticache/scenarios' },
    }),
    takesIfMatch: true,
  },
  {
    route: 'cancelOperation',
    title: 'of ben',
    members: 2,
    request: () => ({ request: 'POST /operations/{running}/cancel' }),
  },
];

function creates(): RequestedChange[] {
  const create = (title: string, more: (name: string) => object, forbiddenBy: RuleName[] = []): RequestedChange => ({
    route: 'createGlobalDatastore',
    title,
    members: 0,
    request: (name) => ({
      request: 'POST /global-datastores',
      body: { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-a-use1`, ...more(name) },
    }),
    forbiddenBy: ['NodeFamilies', 'SuffixPattern', 'MaxDatastores', ...forbiddenBy],
  });
  return [
    create('alone', () => ({})),
    create('described', () => ({ GlobalReplicationGroupDescription: 'by ana' })),
    create('with secondaries', (name) => ({ Secondaries: [member(name, 'eu-west-1', 'a-euw1')] }), ['Regions']),
  ];
}

function failovers(): RequestedChange[] {
  const failover = (title: string, more: (name: string) => object, forbiddenBy: RuleName[]): RequestedChange => ({
    route: 'failoverGlobalDatastore',
    title,
    members: 3,
    request: (name) => ({
      request: `POST ${home(name)}/failover`,
      body: { PrimaryRegion: 'eu-west-1', ...more(name) },
    }),
    forbiddenBy,
    takesIfMatch: true,
  });
  return [
    failover('to a region', () => ({}), ['FailoverReasonRequired', 'FailoverCooldownMinutes']),
    failover('to a member', (name) => ({ PrimaryReplicationGroupId: `${name}-a-euw1` }), ['FailoverReasonRequired']),
    failover('with a reason', () => ({ Reason: 'exercise' }), ['FailoverCooldownMinutes']),
  ];
}

function topologies(): RequestedChange[] {
  const topology = (
    title: string,
    members: Members,
    list: (name: string) => object[],
    forbiddenBy: RuleName[],
  ): RequestedChange => ({
    route: 'applyTopology',
    title,
    members,
    request: (name) => ({ request: `PUT ${home(name)}/topology`, body: { Members: list(name) } }),
    forbiddenBy,
    takesIfMatch: true,
  });
  return [
    topology('detach', 2, (name) => [primary(name, 'us-east-1', 'a-use1')], []),
    topology('add', 1, (name) => [primary(name, 'us-east-1', 'a-use1'), secondary(name, 'eu-west-1', 'a-euw1')], [
      'Regions',
    ]),
    topology('promote', 2, (name) => [primary(name, 'eu-west-1', 'a-euw1'), secondary(name, 'us-east-1', 'a-use1')], [
      'FailoverReasonRequired',
      'FailoverCooldownMinutes',
    ]),
    topology(
      'replace the primary',
      2,
      (name) => [primary(name, 'us-east-1', 'a-new'), secondary(name, 'eu-west-1', 'a-euw1')],
      ['FailoverReasonRequired', 'FailoverCooldownMinutes'],
    ),
  ];
}

/** The requests of ben and eve, by their effect. */
export const requests = {
  resize: (name: string) => ({ request: `PATCH ${home(name)}`, body: { CacheNodeType: 'cache.r7g.2xlarge' } }),
  describe: (name: string) => ({
    request: `PATCH ${home(name)}`,
    body: { GlobalReplicationGroupDescription: 'by another' },
  }),
  failoverEu: (name: string) => failoverTo(name, 'eu-west-1'),
  failoverAp: (name: string) => failoverTo(name, 'ap-southeast-2'),
  failoverUs: (name: string) => failoverTo(name, 'us-east-1'),
  delete: (name: string) => ({ request: `DELETE ${home(name)}` }),
  teardown: (name: string) => ({ request: `DELETE ${home(name)}?DetachSecondaries=true` }),
  createSame: (name: string) => create(name, 'a-use1'),
  createDescribed: (name: string) => {
    const { request, body } = create(name, 'a-use1');
    return { request, body: { ...body, GlobalReplicationGroupDescription: 'by another' } };
  },
  createOther: (name: string) => create(name, 'a-spare'),
  createForB: (name: string) => create(name, 'b-spare'),
  addEu: (name: string) => ({ request: `POST ${home(name)}/members`, body: member(name, 'eu-west-1', 'a-euw1') }),
  addAp: (name: string) => ({ request: `POST ${home(name)}/members`, body: member(name, 'ap-southeast-2', 'a-aps2') }),
  removeEu: (name: string) => ({ request: `DELETE ${home(name)}/members/eu-west-1/${name}-a-euw1` }),
  removeAp: (name: string) => ({ request: `DELETE ${home(name)}/members/ap-southeast-2/${name}-a-aps2` }),
  scale: (name: string) => ({ request: `PUT ${home(name)}/node-groups`, body: { NodeGroupCount: 4 } }),
  rebalance: (name: string) => ({ request: `POST ${home(name)}/rebalance` }),
  grow: (name: string) => ({ request: memberOf(name), body: { ReplicasPerNodeGroup: 3 } }),
  keepSnapshots: (name: string) => ({ request: memberOf(name), body: { SnapshotRetentionLimit: 9 } }),
  detachAll: (name: string) => ({
    request: `PUT ${home(name)}/topology?Supersede=true`,
    body: { Members: [primary(name, 'us-east-1', 'a-use1')] },
  }),
  cancel: () => ({ request: 'POST /operations/{running}/cancel' }),
} as const;

function failoverTo(name: string, PrimaryRegion: string) {
  return { request: `POST ${home(name)}/failover`, body: { PrimaryRegion, Reason: 'exercise' } };
}

function create(name: string, id: string) {
  const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-${id}` };
  return { request: 'POST /global-datastores', body };
}

/** The calls directly in AWS, by their effect: region, action, input. */
export const awsCalls = {
  resize: (name: string) => modify(name, { CacheNodeType: 'cache.r7g.2xlarge' }),
  describe: (name: string) => modify(name, { GlobalReplicationGroupDescription: 'by the console' }),
  resizeSame: (name: string) => modify(name, { CacheNodeType: 'cache.r7g.xlarge' }),
  failoverEu: (name: string) => failoverCall(name, 'eu-west-1', 'a-euw1'),
  failoverAp: (name: string) => failoverCall(name, 'ap-southeast-2', 'a-aps2'),
  failoverUs: (name: string) => failoverCall(name, 'us-east-1', 'a-use1'),
  delete: (name: string) => [
    'us-east-1',
    'DeleteGlobalReplicationGroup',
    { ...idOf(name), RetainPrimaryReplicationGroup: true },
  ],
  createSame: (name: string) => createCall(name, 'a-use1'),
  createDescribed: (name: string) =>
    createCall(name, 'a-use1', { GlobalReplicationGroupDescription: 'by the console' }),
  createOther: (name: string) => createCall(name, 'a-spare'),
  createForB: (name: string) => createCall(name, 'b-spare'),
  addEu: (name: string) => joinCall(name, 'eu-west-1', 'a-euw1'),
  addAp: (name: string) => joinCall(name, 'ap-southeast-2', 'a-aps2'),
  removeEu: (name: string) => leaveCall(name, 'eu-west-1', 'a-euw1'),
  removeAp: (name: string) => leaveCall(name, 'ap-southeast-2', 'a-aps2'),
  scale: (name: string) => [
    'us-east-1',
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    { ...idOf(name), NodeGroupCount: 4, ApplyImmediately: true },
  ],
  deleteGroupEu: (name: string) => ['eu-west-1', 'DeleteReplicationGroup', { ReplicationGroupId: `${name}-a-euw1` }],
  rebalance: (name: string) => [
    'us-east-1',
    'RebalanceSlotsInGlobalReplicationGroup',
    { ...idOf(name), ApplyImmediately: true },
  ],
  grow: (name: string) => memberCall(name, 'IncreaseReplicaCount', { NewReplicaCount: 3 }),
  keepSnapshots: (name: string) => memberCall(name, 'ModifyReplicationGroup', { SnapshotRetentionLimit: 9 }),
} as const satisfies Record<string, (name: string) => AwsCall>;

export type AwsCall = readonly [region: string, action: string, input: object];

const idOf = (name: string) => ({ GlobalReplicationGroupId: `ldgnf-${name}` });
const modify = (name: string, change: object): AwsCall => [
  'us-east-1',
  'ModifyGlobalReplicationGroup',
  { ...idOf(name), ...change, ApplyImmediately: true },
];
const failoverCall = (name: string, PrimaryRegion: string, id: string): AwsCall => [
  PrimaryRegion,
  'FailoverGlobalReplicationGroup',
  { ...idOf(name), PrimaryRegion, PrimaryReplicationGroupId: `${name}-${id}` },
];
const memberCall = (name: string, action: string, input: object): AwsCall => [
  'eu-west-1',
  action,
  { ReplicationGroupId: `${name}-a-euw1`, ...input, ApplyImmediately: true },
];
const createCall = (name: string, id: string, more = {}): AwsCall => [
  'us-east-1',
  'CreateGlobalReplicationGroup',
  { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-${id}`, ...more },
];
const joinCall = (name: string, region: string, id: string): AwsCall => [
  region,
  'CreateReplicationGroup',
  {
    ...idOf(name),
    ReplicationGroupId: `${name}-${id}`,
    ReplicationGroupDescription: 'by the console',
    Tags: [{ Key: 'team', Value: 'a' }],
  },
];
const leaveCall = (name: string, region: string, id: string): AwsCall => [
  'us-east-1',
  'DisassociateGlobalReplicationGroup',
  { ...idOf(name), ReplicationGroupRegion: region, ReplicationGroupId: `${name}-${id}` },
];

/** The replacement of the datastore by a new one with the same id. */
export interface Replacement {
  /** The client that deletes the old one: ben through the API, or `an external client` directly in AWS. */
  readonly deletedBy: 'ben' | 'an external client';
  /** The client that creates the new one. With `eve` and `an external client for b`, its primary is a group of owner b. */
  readonly createdBy: 'ben' | 'eve' | 'an external client' | 'an external client for b';
  /** True if the new one has the primary of the old one. */
  readonly hasSamePrimary: boolean;
  /** True if the creation completes before the next step. */
  readonly waitsForCompletion: boolean;
}

/** A step between two tries of ana. `waitsForCompletion`: changes in progress complete before it. */
export type Step = { readonly waitsForCompletion: boolean } & (
  | { readonly by: 'ben' | 'eve'; readonly requestName: keyof typeof requests | 'the same' }
  | { readonly by: 'an external client'; readonly awsCallName: keyof typeof awsCalls }
  | { readonly by: 'an external client'; readonly taggedMembers: 'all members' | 'the primary' }
  | { readonly by: 'AWS'; readonly advances: 'one step' | 'half a minute' }
  | { readonly replacement: Replacement }
);

/** One try of ana: the request with an optional fault, and the steps after it. */
export interface Try {
  readonly fault?: Fault | undefined;
  /** True if the changes in progress complete before the try. */
  readonly waitsForCompletion: boolean;
  readonly afterwards: readonly Step[];
}

/**
 * A scenario: a generated sequence of requests, AWS calls, kills and faults. ana, the caller under test of owner a, sends the
 * requested change in each try. ben, another caller of owner a, eve, a caller of owner b, and clients outside the API act
 * between the tries.
 */
export interface Scenario {
  readonly requestedChange: RequestedChange;
  readonly rule?: RuleName | undefined;
  /** True if the policy has owners: ana and ben of a, eve of b. */
  readonly owners: boolean;
  readonly key: boolean;
  readonly ifMatch: 'none' | '*' | 'current';
  readonly tries: readonly Try[];
}

/** The requests and AWS calls of other clients, by the number of members at the start of the scenario. */
const clientChanges = {
  0: ['createSame', 'createDescribed', 'createOther', 'createForB', 'delete', 'describe', 'resize', 'addEu'],
  1: ['resize', 'describe', 'delete', 'addEu', 'addAp', 'removeEu', 'scale', 'rebalance', 'createSame', 'createForB'],
  2: ['resize', 'describe', 'failoverEu', 'failoverUs', 'addEu', 'addAp', 'removeEu', 'scale', 'rebalance', 'grow'],
  3: [
    ...(['resize', 'describe', 'failoverEu', 'failoverAp', 'failoverUs', 'removeEu', 'removeAp', 'addEu'] as const),
    ...(['scale', 'keepSnapshots'] as const),
  ],
} as const satisfies Record<Members, readonly (keyof typeof requests & keyof typeof awsCalls)[]>;

const operations = {
  0: [],
  1: ['detachAll'],
  2: ['detachAll', 'teardown', 'cancel'],
  3: ['detachAll', 'teardown'],
} as const;

const faultKinds: readonly FaultKind[] = [
  'killed after',
  'killed before',
  'throttled',
  'connection reset after',
  'connection reset before',
];

/** A fault. It shrinks to a kill after the first change. */
const fault = record<Fault>({
  faultKind: fc.constantFrom(...faultKinds),
  at: fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.constant('change' as const) },
    { weight: 1, arbitrary: fc.constantFrom('read' as const, 'table read' as const) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  ),
  extent: fc.constantFrom('run' as const, 'retries' as const, 'call' as const),
});

const waitsForCompletion = fc.integer({ min: 0, max: 3 }).map((one) => one !== 3);

function stepsFrom(members: Members): fc.Arbitrary<Step> {
  const requestName = fc.constantFrom('the same' as const, ...clientChanges[members], ...operations[members]);
  const awsCallName = fc.constantFrom(...clientChanges[members], 'deleteGroupEu' as const);
  const taggedMembers = fc.constantFrom('all members' as const, 'the primary' as const);
  const advances = fc.constantFrom('one step' as const, 'half a minute' as const);
  const callers = fc.constantFrom('ben' as const, 'ben' as const, 'eve' as const);
  const externalClient = fc.constant('an external client' as const);
  const replacement = record<Replacement>({
    deletedBy: fc.constantFrom('ben' as const, 'an external client' as const),
    createdBy: fc.constantFrom(
      'ben' as const,
      'eve' as const,
      'an external client' as const,
      'an external client for b' as const,
    ),
    hasSamePrimary: fc.boolean(),
    waitsForCompletion,
  });
  return fc.oneof(
    { weight: 6, arbitrary: record({ waitsForCompletion, by: callers, requestName }) },
    { weight: 4, arbitrary: record({ waitsForCompletion, by: externalClient, awsCallName }) },
    { weight: 1, arbitrary: record({ waitsForCompletion, by: externalClient, taggedMembers }) },
    { weight: 1, arbitrary: record({ waitsForCompletion, by: fc.constant('AWS' as const), advances }) },
    { weight: 4, arbitrary: record({ waitsForCompletion: fc.constant(true), replacement }) },
  );
}

function triesFrom(members: Members): fc.Arbitrary<readonly Try[]> {
  const steps = (maxLength: number) => fc.array(stepsFrom(members), { maxLength });
  const first = record<Try>({ fault: optional(1, fault, 8), waitsForCompletion, afterwards: steps(3) });
  const again = record<Try>({ fault: optional(3, fault), waitsForCompletion, afterwards: steps(2) });
  const last = record<Try>({ fault: fc.constant(undefined), waitsForCompletion, afterwards: fc.constant([]) });
  const more = fc.array(again, { maxLength: 1 });
  return fc.tuple(first, more, last).map(([one, others, end]) => [one, ...others, end]);
}

/** Returns the generator of the scenarios about a contract. */
export function scenariosForRoute(route: string): fc.Arbitrary<Scenario> {
  return fc
    .constantFrom(...requestedChanges.filter((requestedChange) => requestedChange.route === route))
    .chain(scenariosFor);
}

function scenariosFor(requestedChange: RequestedChange): fc.Arbitrary<Scenario> {
  const { members, forbiddenBy = [], takesIfMatch = false } = requestedChange;
  return record<Scenario>({
    requestedChange: fc.constant(requestedChange),
    rule: forbiddenBy.length > 0 ? optional(3, fc.constantFrom(...forbiddenBy)) : fc.constant(undefined),
    owners: fc.boolean(),
    key: fc.integer({ min: 0, max: 6 }).map((one) => one !== 6),
    ifMatch: takesIfMatch ? fc.constantFrom('none' as const, '*' as const, 'current' as const) : fc.constant('none'),
    tries: triesFrom(members),
  });
}

function record<T extends object>(members: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Returns a generator of a value or none, with the weights `some` and `none`. It shrinks to none. */
function optional<T>(none: number, arbitrary: fc.Arbitrary<T>, some = 1): fc.Arbitrary<T | undefined> {
  const absent = { weight: none, arbitrary: fc.constant(undefined) };
  return fc.oneof({ withCrossShrink: true }, absent, { weight: some, arbitrary });
}
