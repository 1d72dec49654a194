import type { Dice } from './dice.ts';
import { secrets } from './stage.ts';
import {
  always,
  applyImmediately,
  type Focus,
  fill,
  majorUpgrade,
  memberSettings,
  newMember,
  rotation,
  scaling,
  settings,
  type Values,
} from './values.ts';
import { type Choices, type Group, groupId, type World } from './worlds.ts';

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
  /** The choices for every world of this route. */
  readonly world?: Partial<Choices>;
  /** Further worlds: those in which a plain request is accepted, and those in which it is refused. */
  readonly fits?: readonly Partial<Choices>[];
  readonly spoils?: readonly Partial<Choices>[];
  readonly request: (context: Context) => ChangeRequest;
}

export interface Context {
  readonly dice: Dice;
  readonly world: World;
  /** The id of the operation in the world, if it has one. */
  readonly operation: string | undefined;
  readonly focus: Focus | undefined;
}

const busy: Partial<Choices> = { change: 'modifying', half: 1 };
const calm: Partial<Choices> = { change: 'none', operation: 'none' };

const withPrefix = (prefix: string, table: Readonly<Record<string, Values>>): Record<string, Values> =>
  Object.fromEntries(Object.entries(table).map(([name, values]) => [`${prefix}/${name}`, values]));

/** Returns the focus relative to the object at a place, if it is in that object. */
const within = (focus: Focus | undefined, place: string): Focus | undefined =>
  focus?.member.startsWith(`${place}/`) ? { ...focus, member: focus.member.slice(place.length + 1) } : undefined;

/** Returns the object at a place, made from the values of its members. */
const made = (
  context: Context,
  place: string,
  values: Readonly<Record<string, Values>>,
  required: readonly string[] = [],
) => {
  const inside = Object.entries(values).filter(
    ([name]) => name.startsWith(`${place}/`) && !name.slice(place.length + 1).includes('/'),
  );
  const table = Object.fromEntries(inside.map(([name, value]) => [name.slice(place.length + 1), value]));
  return fill(table, { ...context, focus: within(context.focus, place), required });
};

const datastoreId: Values = { good: (_, { id }) => id, bad: always('ldgnf-nobody') };
const inDatastore = { 'path/GlobalReplicationGroupId': datastoreId };

const pathOf = (context: Context, values: Readonly<Record<string, Values>>) => {
  const required = Object.keys(values)
    .filter((name) => name.startsWith('path/'))
    .map((name) => name.slice(5));
  return made(context, 'path', values, required) as Record<string, string>;
};

const primaryOf = ({ groups }: World) => groups.find(({ isPrimary }) => isPrimary) as Group;
const secondaryOf = ({ groups }: World) => groups.find(({ isPrimary }) => !isPrimary);
const supersede: Values = { good: (dice) => dice.chance(70), neverRefused: 'it is a choice' };
const flag: Values = { good: (dice) => dice.chance(50), neverRefused: 'it is a choice' };

/** The members that guard a failover. The lag of each secondary is 0.4 s. */
const failoverGuard: Readonly<Record<string, Values>> = {
  'body/MaxLagSeconds': { good: always(5), goodIn: { ...calm, members: 2 }, bad: always(0), badIn: { members: 2 } },
  'body/Override': { good: always(true), goodIn: { ...calm, members: 2 }, neverRefused: 'no policy is set' },
  'body/Reason': { good: always('A drill'), goodIn: { ...calm, members: 2 }, neverRefused: 'AWS does not get it' },
};

/** Returns a body with the Reason that Override requires. */
const withReason = (body: Record<string, unknown>) => (body.Override ? { Reason: 'A drill', ...body } : body);

/** The settings of a new member that an operation creates. An operation accepts no literal token. */
const { AuthToken: _, ...operationMember } = newMember;

/** Returns the settings of a new member in a free region. */
const newMemberIn = (context: Context, place: string, taken: readonly unknown[]): Record<string, unknown> => {
  const { world } = context;
  const free = world.free.filter((region) => !taken.includes(region));
  const focus = within(context.focus, place);
  return fill(operationMember, {
    ...context,
    world: { ...world, free },
    focus,
    required: ['ReplicationGroupRegion', 'ReplicationGroupId'],
  });
};

function defineCreate(): Generator {
  const values: Record<string, Values> = {
    'body/GlobalReplicationGroupIdSuffix': {
      good: (dice, { name }) => (dice.chance(20) ? name.toUpperCase() : name),
      bad: (_, { name }) => `${name}-other`,
      badIn: { primary: 'member' },
    },
    'body/GlobalReplicationGroupDescription': { good: always('Orders'), neverRefused: 'AWS publishes no rule' },
    'body/PrimaryReplicationGroupId': {
      good: (_, { groups }) => groups[0]?.id,
      goodIn: { primary: 'eligible' },
      bad: (dice, { groups, name }) => dice.pick('nobody', groupId(name, groups[0]?.region ?? '', 'failed')),
    },
    'body/PrimaryReplicationGroupRegion': {
      good: (_, { groups }) => groups[0]?.region,
      goodIn: { primary: 'eligible' },
      bad: (dice) => dice.pick('eu-west-1', 'cn-north-1', 'ap-east-2'),
    },
    'body/OnFailure': {
      good: (dice, _, so) => (so.Secondaries ? dice.pick('keep', 'teardown') : undefined),
      goodIn: { primary: 'eligible' },
      neverRefused: 'it is a choice',
    },
    ...withPrefix('body/Secondaries', operationMember),
  };
  return {
    values,
    world: { members: 0, change: 'none' },
    fits: [{ primary: 'eligible' }],
    spoils: [{ primary: 'small' }, { primary: 'old' }, { primary: 'ipv6' }, { primary: 'busy' }, { primary: 'member' }],
    request: (context) => {
      const { dice, focus } = context;
      const wantsSecondaries =
        focus?.member.startsWith('body/Secondaries') || focus?.member === 'body/OnFailure' || dice.chance(30);
      const count = wantsSecondaries ? dice.pick(1, 1, 2) : 0;
      const Secondaries: Record<string, unknown>[] = [];
      for (let index = 0; index < count; index++) {
        const taken = Secondaries.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion);
        const at = index === 0 ? context : { ...context, focus: undefined };
        Secondaries.push(newMemberIn(at, 'body/Secondaries', taken));
      }
      const body = made(context, 'body', values, ['GlobalReplicationGroupIdSuffix', 'PrimaryReplicationGroupId']);
      const chosen = count > 0 && (focus?.member === 'body/OnFailure' || dice.chance(30));
      const OnFailure = chosen ? { OnFailure: dice.pick('keep', 'teardown') } : {};
      return { path: {}, body: { ...body, ...(count > 0 && { Secondaries, ...OnFailure }) } };
    },
  };
}

function defineTopology(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'query/Supersede': supersede,
    'body/Members/Role': {
      good: always('SECONDARY'),
      bad: always('PRIMARY'),
    },
    ...withPrefix('body/Members', operationMember),
    ...failoverGuard,
  };
  return {
    values,
    fits: [
      { ...calm, members: 1 },
      { ...calm, members: 2 },
      { ...calm, members: 3 },
    ],
    spoils: [
      { change: 'deleting', members: 1, half: 1 },
      { operation: 'running', change: 'none' },
    ],
    request: (context) => {
      const { dice, world, focus } = context;
      const kept = world.groups.filter(({ isPrimary }) => isPrimary || dice.chance(75)).slice(0, 3);
      const promoted = dice.chance(focus?.member === 'body/MaxLagSeconds' ? 60 : 20)
        ? dice.pick(...kept)
        : kept.find(({ isPrimary }) => isPrimary);
      const Members: Record<string, unknown>[] = kept.map((member) => ({
        ReplicationGroupId: member.id,
        ReplicationGroupRegion: member.region,
        Role: member === promoted ? 'PRIMARY' : 'SECONDARY',
      }));
      const isNew = focus?.member.startsWith('body/Members') || dice.chance(50);
      if (isNew && Members.length === 3)
        Members.splice(
          Members.findIndex(({ Role }) => Role === 'SECONDARY'),
          1,
        );
      const gone = world.groups.filter(({ region }) => !Members.some((one) => one.ReplicationGroupRegion === region));
      const free = [...world.free, ...gone.map(({ region }) => region)];
      if (isNew) {
        const added = newMemberIn({ ...context, world: { ...world, free } }, 'body/Members', []);
        const Role = focus?.member === 'body/Members/Role' && focus.kind === 'bad' ? 'PRIMARY' : 'SECONDARY';
        Members.push({ ...added, Role });
      }
      const guard = withReason(made(context, 'body', values));
      return { path: pathOf(context, values), query: made(context, 'query', values), body: { Members, ...guard } };
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
    fits: [calm, { ...calm, shards: 0 }],
    spoils: [busy],
    request: (context) => {
      const { dice, world, focus } = context;
      const own = tables.find((table) => focus && Object.hasOwn(table, focus.member)) ?? dice.pick(...tables);
      const [first = ''] = Object.keys(own).map((name) => name.slice(5));
      const body = made(context, 'body', own, [first]);
      const needsGroup =
        own['body/CacheParameterGroupName'] && (focus?.member === 'body/CacheParameterGroupName' || dice.chance(25));
      const EngineVersion = needsGroup && focus?.kind !== 'bad' ? { EngineVersion: majorUpgrade(dice, world) } : {};
      if (focus?.member === 'body/Engine' && focus.kind === 'good')
        Object.assign(body, { EngineVersion: dice.pick('7.2', '8.0') });
      Object.assign(body, EngineVersion);
      if (needsGroup && focus?.kind === 'good')
        Object.assign(body, { CacheParameterGroupName: own['body/CacheParameterGroupName']?.good(dice, world, body) });
      if (focus?.member === 'body/ApplyImmediately' || dice.chance(10)) Object.assign(body, { ApplyImmediately: true });
      return { path: pathOf(context, values), body };
    },
  };
}

function defineFailover(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'body/PrimaryRegion': {
      good: (_, world) => (secondaryOf(world) ?? primaryOf(world)).region,
      goodIn: { ...calm, members: 2 },
      bad: (dice, world) => dice.pick(primaryOf(world).region, world.free.at(-1) ?? 'cn-north-1'),
    },
    'body/PrimaryReplicationGroupId': {
      good: (_, { groups }, so) => groups.find(({ region }) => region === so.PrimaryRegion)?.id,
      goodIn: { ...calm, members: 2 },
      bad: always('nobody'),
    },
    ...failoverGuard,
  };
  return {
    values,
    fits: [
      { ...calm, members: 3 },
      { ...calm, members: 3, change: 'modifying' },
    ],
    spoils: [
      { members: 1, change: 'none' },
      { members: 2, change: 'leaving', half: 2 },
    ],
    request: (context) => ({
      path: pathOf(context, values),
      body: withReason(made(context, 'body', values, ['PrimaryRegion'])),
    }),
  };
}

function defineDrill(): Generator {
  const values: Record<string, Values> = {
    ...defineFailover().values,
    'body/HoldSeconds': { good: always(0), goodIn: { ...calm, members: 2 }, neverRefused: 'the schema has its limits' },
    'body/MaxLagSeconds': { good: always(60), goodIn: { ...calm, members: 2 }, bad: always(0) },
    'query/Supersede': supersede,
  };
  const required = ['PrimaryRegion', 'HoldSeconds', 'Reason'];
  return {
    values,
    fits: [{ ...calm, members: 3 }],
    spoils: [{ members: 1, change: 'none' }, { ...busy, members: 2 }, { operation: 'running' }],
    request: (context) => ({
      path: pathOf(context, values),
      query: made(context, 'query', values),
      body: made(context, 'body', values, required),
    }),
  };
}

function defineRemove(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'path/ReplicationGroupRegion': {
      good: (_, world) => (secondaryOf(world) ?? primaryOf(world)).region,
      goodIn: { ...calm, members: 2 },
      bad: (dice, world) => dice.pick(primaryOf(world).region, 'sa-east-1', 'cn-north-1'),
    },
    'path/ReplicationGroupId': {
      good: (_, { groups, name }, so) =>
        groups.find(({ region }) => region === so.ReplicationGroupRegion)?.id ?? groupId(name, 'us-east-1', 'spare'),
      goodIn: { ...calm, members: 3 },
      bad: (_, { name }, so) => groupId(name, `${so.ReplicationGroupRegion}`, 'spare'),
    },
    'query/DeleteReplicationGroup': {
      good: always(false),
      goodIn: { ...calm, members: 2 },
      neverRefused: 'the schema takes false only',
    },
  };
  return {
    values,
    fits: [{ ...calm, members: 3 }],
    spoils: [{ members: 1 }, { ...busy, members: 2 }, { members: 2, change: 'leaving' }],
    request: (context) => ({ path: pathOf(context, values), query: made(context, 'query', values) }),
  };
}

function defineDelete(): Generator {
  const values: Record<string, Values> = {
    ...inDatastore,
    'query/DetachSecondaries': flag,
    'query/Supersede': supersede,
  };
  return {
    values,
    world: {},
    fits: [{ ...calm, members: 1 }],
    spoils: [
      { ...calm, members: 2 },
      { members: 1, change: 'deleting', half: 1 },
      { operation: 'running', members: 2 },
    ],
    request: (context) => ({ path: pathOf(context, values), query: made(context, 'query', values) }),
  };
}

function defineCancel(): Generator {
  const values: Record<string, Values> = {
    'path/OperationId': { good: always(''), bad: always('ldgnf-nobody_0123456789abcdef') },
  };
  return {
    values,
    world: { members: 2 },
    fits: [{ operation: 'running' }, { operation: 'stopped' }],
    spoils: [{ operation: 'ended' }],
    request: ({ operation, focus }) => ({
      path: { OperationId: (focus?.kind === 'bad' ? undefined : operation) ?? 'ldgnf-nobody_0123456789abcdef' },
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
    fits: [calm],
    spoils: [busy],
    request: (context) => ({
      path: pathOf(context, all),
      query: made(context, 'query', all),
      ...(required && { body: made(context, 'body', all, required) }),
    }),
    ...more,
  };
}

function defineModifyMember(): Generator {
  const member = {
    ...inDatastore,
    'path/ReplicationGroupRegion': {
      good: (_, world) => (secondaryOf(world) ?? primaryOf(world)).region,
      goodIn: { ...calm, members: 2 },
      bad: always('sa-east-1'),
    },
    'path/ReplicationGroupId': {
      good: (_, { groups, name }, so) =>
        groups.find(({ region }) => region === so.ReplicationGroupRegion)?.id ?? groupId(name, 'us-east-1', 'spare'),
      bad: (_, { name }, so) => groupId(name, `${so.ReplicationGroupRegion}`, 'spare'),
    },
  } satisfies Record<string, Values>;
  const tables = memberSettings.map((table) => withPrefix('body', table as Readonly<Record<string, Values>>));
  const values: Record<string, Values> = { ...member, ...Object.assign({}, ...tables) };
  return {
    values,
    world: { members: 2, moved: false },
    fits: [calm, { ...calm, shards: 0 }, { ...calm, shards: 2 }],
    spoils: [busy, { change: 'resharding', shards: 2 }],
    request: (context) => {
      const { dice, world, focus } = context;
      const fitting = tables.filter((_, index) => (index === 0 ? world.shards === 0 : index !== 1 || world.shards > 0));
      const own = tables.find((table) => focus && Object.hasOwn(table, focus.member)) ?? dice.pick(...fitting);
      const [first = ''] = Object.keys(own).map((name) => name.slice(5));
      const isAlone = first === 'ReplicasPerNodeGroup' && focus?.member === 'body/NodeGroupConfiguration';
      const body = made(context, 'body', own, isAlone ? [] : [first]);
      if (isAlone) delete body.ReplicasPerNodeGroup;
      if (body.AuthTokenUpdateStrategy === 'ROTATE' && !body.AuthToken && !body.AuthTokenSecretArn)
        Object.assign(body, { AuthToken: secrets.next.text });
      if (focus?.member === 'body/AuthTokenUpdateStrategy' && focus.kind === 'good')
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
    fits: [
      { ...calm, members: 1 },
      { ...calm, members: 2 },
    ],
    spoils: [
      { ...calm, members: 3 },
      { ...busy, members: 1 },
    ],
  }),
  modifyMember: defineModifyMember(),
  rotateAuthToken: defineInDatastore(
    { ...withPrefix('body', rotation), 'query/Supersede': supersede },
    ['AuthTokenSecretArn'],
    {
      world: { token: true },
      fits: [{ ...calm, token: true }],
      spoils: [{ ...calm, token: false, encrypted: false }, { operation: 'running' }],
    },
  ),
  removeMember: defineRemove(),
  scaleNodeGroups: defineInDatastore(withPrefix('body', scaling), ['NodeGroupCount'], {
    fits: [
      { ...calm, shards: 2 },
      { ...calm, shards: 3 },
    ],
    spoils: [
      { ...calm, shards: 0 },
      { ...busy, shards: 2 },
    ],
  }),
  rebalanceSlots: defineInDatastore({}, undefined, {
    fits: [{ ...calm, shards: 3, uneven: true }],
    spoils: [
      { ...calm, shards: 0 },
      { ...busy, shards: 2 },
      { change: 'resharding', shards: 2 },
    ],
  }),
  cancelOperation: defineCancel(),
};

/** The subject of a pair: a member with its kind of value, or a world. */
export interface Target {
  readonly route: string;
  readonly world: Partial<Choices>;
  readonly focus?: Focus;
}

/** Returns all targets of a route, and one with a random world. Good and bad ones alternate, so that each range has both. */
export function targetsOf(route: string): Target[] {
  const { values, world = {}, fits = [], spoils = [] } = generators[route] as Generator;
  const base = { ...world };
  const good = Object.entries(values).map(
    ([member, { goodIn }]): Target => ({
      route,
      world: { ...base, ...fits[0], ...goodIn },
      focus: { member, kind: 'good' },
    }),
  );
  const bad = Object.entries(values).flatMap(([member, { bad, badIn }]): Target[] =>
    bad ? [{ route, world: { ...base, ...fits[0], ...badIn }, focus: { member, kind: 'bad' } }] : [],
  );
  const worlds = [...fits, ...spoils, {}].map((more): Target => ({ route, world: { ...base, ...more } }));
  const others = [...bad, ...worlds];
  return good.flatMap((target, index) => [target, ...others.slice(index, index + 1)]).concat(others.slice(good.length));
}
