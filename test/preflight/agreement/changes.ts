import { type AwsState, type Group, groupId, type StateOptions } from './awsStates.ts';
import { secrets } from './environment.ts';
import type { RandomSource } from './randomSource.ts';
import {
  always,
  applyImmediately,
  buildObject,
  type Focus,
  majorUpgrade,
  memberSettings,
  newMember,
  rotation,
  scaling,
  settings,
  type Values,
} from './values.ts';

/** The parts of a request for a change. */
export interface ChangeRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A generator of requests to a route that changes something. */
export interface Generator {
  /** The values of each member, by its place, such as `body/Secondaries/Port`. */
  readonly values: Readonly<Record<string, Values>>;
  /** The options for every state of this route. */
  readonly state?: Partial<StateOptions>;
  /** Further states: those in which a plain request is accepted, and those in which it is refused. */
  readonly acceptingStates?: readonly Partial<StateOptions>[];
  readonly refusingStates?: readonly Partial<StateOptions>[];
  readonly request: (context: Context) => ChangeRequest;
}

export interface Context {
  readonly random: RandomSource;
  readonly state: AwsState;
  /** The id of the operation in the state, if it has one. */
  readonly operation: string | undefined;
  readonly focus: Focus | undefined;
}

const busy: Partial<StateOptions> = { change: 'modifying', half: 1 };
const idle: Partial<StateOptions> = { change: 'none', operation: 'none' };

const withPrefix = (prefix: string, table: Readonly<Record<string, Values>>): Record<string, Values> =>
  Object.fromEntries(Object.entries(table).map(([name, values]) => [`${prefix}/${name}`, values]));

/** Returns the focus relative to the object at a place, if it is in that object. */
const focusWithin = (focus: Focus | undefined, place: string): Focus | undefined =>
  focus?.member.startsWith(`${place}/`) ? { ...focus, member: focus.member.slice(place.length + 1) } : undefined;

/** Returns the object at a place, made from the values of its members. */
const buildAt = (
  context: Context,
  place: string,
  values: Readonly<Record<string, Values>>,
  required: readonly string[] = [],
) => {
  const inside = Object.entries(values).filter(
    ([name]) => name.startsWith(`${place}/`) && !name.slice(place.length + 1).includes('/'),
  );
  const table = Object.fromEntries(inside.map(([name, value]) => [name.slice(place.length + 1), value]));
  return buildObject(table, { ...context, focus: focusWithin(context.focus, place), required });
};

const datastoreId: Values = { accepted: (_, { id }) => id, refused: always('ldgnf-nobody') };
const inDatastore = { 'path/GlobalReplicationGroupId': datastoreId };

const pathOf = (context: Context, values: Readonly<Record<string, Values>>) => {
  const required = Object.keys(values)
    .filter((name) => name.startsWith('path/'))
    .map((name) => name.slice(5));
  return buildAt(context, 'path', values, required) as Record<string, string>;
};

const primaryOf = ({ groups }: AwsState) => groups.find(({ isPrimary }) => isPrimary) as Group;
const secondaryOf = ({ groups }: AwsState) => groups.find(({ isPrimary }) => !isPrimary);
const supersedeValues: Values = { accepted: (random) => random.chance(70), neverRefused: 'it is a choice' };
const flagValues: Values = { accepted: (random) => random.chance(50), neverRefused: 'it is a choice' };

/** The members that guard a failover. The lag of each secondary is 0.4 s. */
const failoverGuard: Readonly<Record<string, Values>> = {
  'body/MaxLagSeconds': {
    accepted: always(5),
    acceptedIn: { ...idle, members: 2 },
    refused: always(0),
    refusedIn: { members: 2 },
  },
  'body/Override': { accepted: always(true), acceptedIn: { ...idle, members: 2 }, neverRefused: 'no policy is set' },
  'body/Reason': {
    accepted: always('A drill'),
    acceptedIn: { ...idle, members: 2 },
    neverRefused: 'AWS does not get it',
  },
};

/** Returns a body with the Reason that Override requires. */
const withReason = (body: Record<string, unknown>) => (body.Override ? { Reason: 'A drill', ...body } : body);

/** The settings of a new member that an operation creates. An operation accepts no literal token. */
const { AuthToken: _, ...operationMember } = newMember;

/** Returns the settings of a new member in a free region. */
const newMemberIn = (context: Context, place: string, taken: readonly unknown[]): Record<string, unknown> => {
  const { state } = context;
  const free = state.free.filter((region) => !taken.includes(region));
  const focus = focusWithin(context.focus, place);
  return buildObject(operationMember, {
    ...context,
    state: { ...state, free },
    focus,
    required: ['ReplicationGroupRegion', 'ReplicationGroupId'],
  });
};

function defineCreate(): Generator {
  const values: Record<string, Values> = {
    'body/GlobalReplicationGroupIdSuffix': {
      accepted: (random, { name }) => (random.chance(20) ? name.toUpperCase() : name),
      refused: (_, { name }) => `${name}-other`,
      refusedIn: { primary: 'member' },
    },
    'body/GlobalReplicationGroupDescription': { accepted: always('Orders'), neverRefused: 'AWS publishes no rule' },
    'body/PrimaryReplicationGroupId': {
      accepted: (_, { groups }) => groups[0]?.id,
      acceptedIn: { primary: 'eligible' },
      refused: (random, { groups, name }) => random.pick('nobody', groupId(name, groups[0]?.region ?? '', 'failed')),
    },
    'body/PrimaryReplicationGroupRegion': {
      accepted: (_, { groups }) => groups[0]?.region,
      acceptedIn: { primary: 'eligible' },
      refused: (random) => random.pick('eu-west-1', 'cn-north-1', 'ap-east-2'),
    },
    'body/OnFailure': {
      accepted: (random, _, partial) => (partial.Secondaries ? random.pick('keep', 'teardown') : undefined),
      acceptedIn: { primary: 'eligible' },
      neverRefused: 'it is a choice',
    },
    ...withPrefix('body/Secondaries', operationMember),
  };
  return {
    values,
    state: { members: 0, change: 'none' },
    acceptingStates: [{ primary: 'eligible' }],
    refusingStates: [
      { primary: 'small' },
      { primary: 'old' },
      { primary: 'ipv6' },
      { primary: 'busy' },
      { primary: 'member' },
    ],
    request: (context) => {
      const { random, focus } = context;
      const hasSecondaries =
        focus?.member.startsWith('body/Secondaries') || focus?.member === 'body/OnFailure' || random.chance(30);
      const count = hasSecondaries ? random.pick(1, 1, 2) : 0;
      const Secondaries: Record<string, unknown>[] = [];
      for (let index = 0; index < count; index++) {
        const taken = Secondaries.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion);
        const at = index === 0 ? context : { ...context, focus: undefined };
        Secondaries.push(newMemberIn(at, 'body/Secondaries', taken));
      }
      const body = buildAt(context, 'body', values, ['GlobalReplicationGroupIdSuffix', 'PrimaryReplicationGroupId']);
      const hasOnFailure = count > 0 && (focus?.member === 'body/OnFailure' || random.chance(30));
      const OnFailure = hasOnFailure ? { OnFailure: random.pick('keep', 'teardown') } : {};
      return { path: {}, body: { ...body, ...(count > 0 && { Secondaries, ...OnFailure }) } };
    },
  };
}

function defineTopology(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'query/Supersede': supersedeValues,
    'body/Members/Role': {
      accepted: always('SECONDARY'),
      refused: always('PRIMARY'),
    },
    ...withPrefix('body/Members', operationMember),
    ...failoverGuard,
  };
  return {
    values,
    acceptingStates: [
      { ...idle, members: 1 },
      { ...idle, members: 2 },
      { ...idle, members: 3 },
    ],
    refusingStates: [
      { change: 'deleting', members: 1, half: 1 },
      { operation: 'running', change: 'none' },
    ],
    request: (context) => {
      const { random, state, focus } = context;
      const remaining = state.groups.filter(({ isPrimary }) => isPrimary || random.chance(75)).slice(0, 3);
      const promoted = random.chance(focus?.member === 'body/MaxLagSeconds' ? 60 : 20)
        ? random.pick(...remaining)
        : remaining.find(({ isPrimary }) => isPrimary);
      const Members: Record<string, unknown>[] = remaining.map((member) => ({
        ReplicationGroupId: member.id,
        ReplicationGroupRegion: member.region,
        Role: member === promoted ? 'PRIMARY' : 'SECONDARY',
      }));
      const isNew = focus?.member.startsWith('body/Members') || random.chance(50);
      if (isNew && Members.length === 3)
        Members.splice(
          Members.findIndex(({ Role }) => Role === 'SECONDARY'),
          1,
        );
      const removed = state.groups.filter(
        ({ region }) => !Members.some((one) => one.ReplicationGroupRegion === region),
      );
      const free = [...state.free, ...removed.map(({ region }) => region)];
      if (isNew) {
        const added = newMemberIn({ ...context, state: { ...state, free } }, 'body/Members', []);
        const Role = focus?.member === 'body/Members/Role' && focus.kind === 'refused' ? 'PRIMARY' : 'SECONDARY';
        Members.push({ ...added, Role });
      }
      const guard = withReason(buildAt(context, 'body', values));
      return { path: pathOf(context, values), query: buildAt(context, 'query', values), body: { Members, ...guard } };
    },
  };
}

function defineModify(): Generator {
  const tables = settings.map((table) => withPrefix('body', table));
  const values: Record<string, Values> = {
    ...inDatastore,
    ...Object.assign({}, ...tables),
    'body/ApplyImmediately': applyImmediately,
  };
  return {
    values,
    acceptingStates: [idle, { ...idle, shards: 0 }],
    refusingStates: [busy],
    request: (context) => {
      const { random, state, focus } = context;
      const table = tables.find((table) => focus && Object.hasOwn(table, focus.member)) ?? random.pick(...tables);
      const [first = ''] = Object.keys(table).map((name) => name.slice(5));
      const body = buildAt(context, 'body', table, [first]);
      const needsGroup =
        table['body/CacheParameterGroupName'] &&
        (focus?.member === 'body/CacheParameterGroupName' || random.chance(25));
      const EngineVersion =
        needsGroup && focus?.kind !== 'refused' ? { EngineVersion: majorUpgrade(random, state) } : {};
      if (focus?.member === 'body/Engine' && focus.kind === 'accepted')
        Object.assign(body, { EngineVersion: random.pick('7.2', '8.0') });
      Object.assign(body, EngineVersion);
      if (needsGroup && focus?.kind === 'accepted')
        Object.assign(body, {
          CacheParameterGroupName: table['body/CacheParameterGroupName']?.accepted(random, state, body),
        });
      if (focus?.member === 'body/ApplyImmediately' || random.chance(10))
        Object.assign(body, { ApplyImmediately: true });
      return { path: pathOf(context, values), body };
    },
  };
}

function defineFailover(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'body/PrimaryRegion': {
      accepted: (_, state) => (secondaryOf(state) ?? primaryOf(state)).region,
      acceptedIn: { ...idle, members: 2 },
      refused: (random, state) => random.pick(primaryOf(state).region, state.free.at(-1) ?? 'cn-north-1'),
    },
    'body/PrimaryReplicationGroupId': {
      accepted: (_, { groups }, partial) => groups.find(({ region }) => region === partial.PrimaryRegion)?.id,
      acceptedIn: { ...idle, members: 2 },
      refused: always('nobody'),
    },
    ...failoverGuard,
  };
  return {
    values,
    acceptingStates: [
      { ...idle, members: 3 },
      { ...idle, members: 3, change: 'modifying' },
    ],
    refusingStates: [
      { members: 1, change: 'none' },
      { members: 2, change: 'leaving', half: 2 },
    ],
    request: (context) => ({
      path: pathOf(context, values),
      body: withReason(buildAt(context, 'body', values, ['PrimaryRegion'])),
    }),
  };
}

function defineDrill(): Generator {
  const values: Record<string, Values> = {
    ...defineFailover().values,
    'body/HoldSeconds': {
      accepted: always(0),
      acceptedIn: { ...idle, members: 2 },
      neverRefused: 'the schema has its limits',
    },
    'body/MaxLagSeconds': { accepted: always(60), acceptedIn: { ...idle, members: 2 }, refused: always(0) },
    'query/Supersede': supersedeValues,
  };
  const required = ['PrimaryRegion', 'HoldSeconds', 'Reason'];
  return {
    values,
    acceptingStates: [{ ...idle, members: 3 }],
    refusingStates: [{ members: 1, change: 'none' }, { ...busy, members: 2 }, { operation: 'running' }],
    request: (context) => ({
      path: pathOf(context, values),
      query: buildAt(context, 'query', values),
      body: buildAt(context, 'body', values, required),
    }),
  };
}

function defineRemove(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'path/ReplicationGroupRegion': {
      accepted: (_, state) => (secondaryOf(state) ?? primaryOf(state)).region,
      acceptedIn: { ...idle, members: 2 },
      refused: (random, state) => random.pick(primaryOf(state).region, 'sa-east-1', 'cn-north-1'),
    },
    'path/ReplicationGroupId': {
      accepted: (_, { groups, name }, partial) =>
        groups.find(({ region }) => region === partial.ReplicationGroupRegion)?.id ??
        groupId(name, 'us-east-1', 'spare'),
      acceptedIn: { ...idle, members: 3 },
      refused: (_, { name }, partial) => groupId(name, `${partial.ReplicationGroupRegion}`, 'spare'),
    },
    'query/DeleteReplicationGroup': {
      accepted: always(false),
      acceptedIn: { ...idle, members: 2 },
      neverRefused: 'the schema takes false only',
    },
  };
  return {
    values,
    acceptingStates: [{ ...idle, members: 3 }],
    refusingStates: [{ members: 1 }, { ...busy, members: 2 }, { members: 2, change: 'leaving' }],
    request: (context) => ({ path: pathOf(context, values), query: buildAt(context, 'query', values) }),
  };
}

function defineDelete(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'query/DetachSecondaries': flagValues,
    'query/Supersede': supersedeValues,
  };
  return {
    values,
    state: {},
    acceptingStates: [{ ...idle, members: 1 }],
    refusingStates: [
      { ...idle, members: 2 },
      { members: 1, change: 'deleting', half: 1 },
      { operation: 'running', members: 2 },
    ],
    request: (context) => ({ path: pathOf(context, values), query: buildAt(context, 'query', values) }),
  };
}

function defineCancel(): Generator {
  const values: Record<string, Values> = {
    'path/OperationId': { accepted: always(''), refused: always('ldgnf-nobody_0123456789abcdef') },
  };
  return {
    values,
    state: { members: 2 },
    acceptingStates: [{ operation: 'running' }, { operation: 'stopped' }],
    refusingStates: [{ operation: 'ended' }],
    request: ({ operation, focus }) => ({
      path: { OperationId: (focus?.kind === 'refused' ? undefined : operation) ?? 'ldgnf-nobody_0123456789abcdef' },
    }),
  };
}

function defineInDatastore(
  values: Readonly<Record<string, Values>>,
  required: readonly string[] | undefined,
  more: Partial<Generator>,
): Generator {
  const all = { ...inDatastore, ...values };
  return {
    values: all,
    acceptingStates: [idle],
    refusingStates: [busy],
    request: (context) => ({
      path: pathOf(context, all),
      query: buildAt(context, 'query', all),
      ...(required && { body: buildAt(context, 'body', all, required) }),
    }),
    ...more,
  };
}

function defineModifyMember(): Generator {
  const member = {
    ...inDatastore,
    'path/ReplicationGroupRegion': {
      accepted: (_, state) => (secondaryOf(state) ?? primaryOf(state)).region,
      acceptedIn: { ...idle, members: 2 },
      refused: always('sa-east-1'),
    },
    'path/ReplicationGroupId': {
      accepted: (_, { groups, name }, partial) =>
        groups.find(({ region }) => region === partial.ReplicationGroupRegion)?.id ??
        groupId(name, 'us-east-1', 'spare'),
      refused: (_, { name }, partial) => groupId(name, `${partial.ReplicationGroupRegion}`, 'spare'),
    },
  } satisfies Record<string, Values>;
  const tables = memberSettings.map((table) => withPrefix('body', table as Readonly<Record<string, Values>>));
  const values: Record<string, Values> = { ...member, ...Object.assign({}, ...tables) };
  return {
    values,
    state: { members: 2, moved: false },
    acceptingStates: [idle, { ...idle, shards: 0 }, { ...idle, shards: 2 }],
    refusingStates: [busy, { change: 'resharding', shards: 2 }],
    request: (context) => {
      const { random, state, focus } = context;
      const fitting = tables.filter((_, index) => (index === 0 ? state.shards === 0 : index !== 1 || state.shards > 0));
      const table = tables.find((table) => focus && Object.hasOwn(table, focus.member)) ?? random.pick(...fitting);
      const [first = ''] = Object.keys(table).map((name) => name.slice(5));
      const isAlone = first === 'ReplicasPerNodeGroup' && focus?.member === 'body/NodeGroupConfiguration';
      const body = buildAt(context, 'body', table, isAlone ? [] : [first]);
      if (isAlone) delete body.ReplicasPerNodeGroup;
      if (body.AuthTokenUpdateStrategy === 'ROTATE' && !body.AuthToken && !body.AuthTokenSecretArn)
        Object.assign(body, { AuthToken: secrets.next.text });
      if (focus?.member === 'body/AuthTokenUpdateStrategy' && focus.kind === 'accepted')
        Object.assign(body, {
          AuthTokenUpdateStrategy: 'ROTATE',
          ...(!body.AuthTokenSecretArn && { AuthToken: secrets.next.text }),
          UserGroupIds: undefined,
        });
      return { path: pathOf(context, values), body };
    },
  };
}

/** The generator of each contract that changes something. */
export const generators: Readonly<Record<string, Generator>> = {
  createGlobalDatastore: defineCreate(),
  modifyGlobalDatastore: defineModify(),
  deleteGlobalDatastore: defineDelete(),
  applyTopology: defineTopology(),
  failoverGlobalDatastore: defineFailover(),
  startDrill: defineDrill(),
  addMember: defineInDatastore(withPrefix('body', newMember), ['ReplicationGroupRegion', 'ReplicationGroupId'], {
    acceptingStates: [
      { ...idle, members: 1 },
      { ...idle, members: 2 },
    ],
    refusingStates: [
      { ...idle, members: 3 },
      { ...busy, members: 1 },
    ],
  }),
  modifyMember: defineModifyMember(),
  rotateAuthToken: defineInDatastore(
    { ...withPrefix('body', rotation), 'query/Supersede': supersedeValues },
    ['AuthTokenSecretArn'],
    {
      state: { token: true },
      acceptingStates: [{ ...idle, token: true }],
      refusingStates: [{ ...idle, token: false, encrypted: false }, { operation: 'running' }],
    },
  ),
  removeMember: defineRemove(),
  scaleNodeGroups: defineInDatastore(withPrefix('body', scaling), ['NodeGroupCount'], {
    acceptingStates: [
      { ...idle, shards: 2 },
      { ...idle, shards: 3 },
    ],
    refusingStates: [
      { ...idle, shards: 0 },
      { ...busy, shards: 2 },
    ],
  }),
  rebalanceSlots: defineInDatastore({}, undefined, {
    acceptingStates: [{ ...idle, shards: 3, uneven: true }],
    refusingStates: [
      { ...idle, shards: 0 },
      { ...busy, shards: 2 },
      { change: 'resharding', shards: 2 },
    ],
  }),
  cancelOperation: defineCancel(),
};

/** The subject of a pair: a member with its kind of value, or a state of AWS. */
export interface Target {
  readonly route: string;
  readonly state: Partial<StateOptions>;
  readonly focus?: Focus;
}

/** Returns all targets of a route, and one with a random state. Accepted and refused ones alternate, so that each range has both. */
export function targetsOf(route: string): Target[] {
  const { values, state = {}, acceptingStates = [], refusingStates = [] } = generators[route] as Generator;
  const base = { ...state };
  const accepted = Object.entries(values).map(
    ([member, { acceptedIn }]): Target => ({
      route,
      state: { ...base, ...acceptingStates[0], ...acceptedIn },
      focus: { member, kind: 'accepted' },
    }),
  );
  const refused = Object.entries(values).flatMap(([member, { refused, refusedIn }]): Target[] =>
    refused
      ? [{ route, state: { ...base, ...acceptingStates[0], ...refusedIn }, focus: { member, kind: 'refused' } }]
      : [],
  );
  const states = [...acceptingStates, ...refusingStates, {}].map(
    (more): Target => ({ route, state: { ...base, ...more } }),
  );
  const others = [...refused, ...states];
  return accepted
    .flatMap((target, index) => [target, ...others.slice(index, index + 1)])
    .concat(others.slice(accepted.length));
}
