import type { Reply } from '../../support/api.ts';
import type { Described, Environment } from './environment.ts';
import { type RuleName, rules, type Scenario } from './scenario.ts';
import type { Call, Run } from './transport.ts';

/** The violations that the oracle reports. The oracle: the checks of what must hold in each scenario. */
export const violationTypes = [
  'a request that overwrites a later change',
  'a success that other clients caused',
  'a policy rule not enforced',
  'access without a right',
  'a request without a valid response',
] as const;

export type ViolationType = (typeof violationTypes)[number];

export interface Violation {
  readonly type: ViolationType;
  /** The action of AWS or the route that violates it. */
  readonly where: string;
  readonly detail: string;
}

/** A change that took effect. */
export interface Change {
  readonly by: string;
  /** False if it was made directly in AWS, not through the API. */
  readonly throughApi: boolean;
  readonly action: string;
  /** True for a change of tags, which does not change the datastore itself. */
  readonly isTagging?: boolean;
}

/** One try of ana: its run, and its changes and its response so far. */
export interface Attempt {
  readonly run: Run;
  /** The number of changes before its first change was sent, and the datastore then. Undefined if it sent none. */
  sent?: { readonly after: number; readonly datastore: Described | undefined };
  /** Its changes that took effect. */
  readonly changes: Call[];
  reply?: Reply | undefined;
}

/** The events of a scenario so far that the oracle reads. */
export interface History {
  readonly scenario: Scenario;
  readonly name: string;
  /** In the order in which they took effect. */
  readonly changes: Change[];
  readonly attempts: Attempt[];
  /** True if a failover of ben or eve through the API took effect since the datastore was created. */
  isCoolingDown: boolean;
  /** The owners that the API may have read last, by `groupKey`. */
  readonly knownOwners: Map<string, ReadonlySet<string | undefined>>;
}

type Group = ReturnType<Environment['groups']>[number];

/** Returns the identity of a replication group. A later group with the same name has another one. */
export const groupKey = ({ region, id, createTime }: Group): string => `${region} ${id} ${createTime}`;

const id = ({ name }: History) => `ldgnf-${name}`;

/** Returns whether a try sent a change that took effect or may have taken effect. */
const mayHaveTakenEffect = ({ run }: Attempt): boolean =>
  run.calls.some(
    ({ isChange, faultKind, status = 500 }) =>
      isChange && faultKind !== 'throttled' && (faultKind !== undefined || status < 300),
  );

/** Returns whether a table call failed before a try sent its change, so that a failover continued without its record. */
function isUnprotected({ run: { calls } }: Attempt): boolean {
  const before = calls.slice(
    0,
    calls.findIndex(({ isChange }) => isChange),
  );
  return before.some(({ service, faultKind }) => service === 'DynamoDB' && faultKind !== undefined);
}

/**
 * Returns a violation if a change of ana took effect although another client changed the datastore after an earlier try of the
 * same change that may have acted. A change that was made directly in AWS counts only if it is visible in the datastore.
 */
export function checkLaterChange(
  history: History,
  now: Attempt,
  environment: Environment,
  before: Described | undefined,
): Violation[] {
  const { scenario, attempts, changes } = history;
  if (!scenario.key || scenario.requestedChange.route === 'cancelOperation') return []; // the id of an operation is never reused
  for (const earlier of attempts) {
    if (earlier === now || !earlier.sent || !mayHaveTakenEffect(earlier)) continue;
    if (scenario.requestedChange.route === 'failoverGlobalDatastore' && isUnprotected(earlier)) continue;
    const others = changes.slice(earlier.sent.after).filter(({ by, isTagging }) => by !== 'ana' && !isTagging);
    const throughApi = others.find((change) => change.throughApi);
    const isVisible =
      others.length > 0 &&
      serialize(before) !== serialize(earlier.sent.datastore) &&
      !continuesCreate(history, now, environment);
    const other = throughApi ?? (isVisible ? others[0] : undefined);
    if (!other) continue;
    const { action } = now.changes.at(-1) as Call;
    return [
      {
        type: 'a request that overwrites a later change',
        where: `${action} ${other.throughApi ? 'through the API' : 'past the API'}`,
        detail: `${action} of ana took effect after ${other.action} of ${other.by}, which came after an earlier try that may have acted`,
      },
    ];
  }
  return [];
}

/**
 * Returns whether a create continues with the members of a datastore that is as ana requested it. A datastore that was created
 * with the same settings directly in AWS cannot be distinguished from that of ana.
 */
const continuesCreate = (history: History, now: Attempt, environment: Environment): boolean =>
  history.scenario.requestedChange.route === 'createGlobalDatastore' &&
  now.changes.at(-1)?.service === 'Lambda' &&
  isFulfilled(history, environment.describe(id(history)), undefined, environment);

const serialize = (datastore: Described | undefined) => JSON.stringify(datastore ?? null);

/** Returns a violation if ana received a 202 but no change of ana took effect. Replays and joined operations are exempt. */
export function checkSuccessClaim(history: History, now: Attempt, environment: Environment): Violation[] {
  const { scenario, attempts, changes } = history;
  const { reply } = now;
  if (reply?.status !== 202 || reply.headers['idempotency-replayed']) return [];
  const own = scenario.key ? attempts : [now];
  if (own.some((attempt) => attempt.changes.length > 0)) return [];
  if (joinsOperation(now)) return [];

  const sent = own.map((attempt) => attempt.sent).find(Boolean);
  const others = changes.slice(sent?.after ?? 0).filter(({ by }) => by !== 'ana');
  const datastore = environment.describe(id(history));
  const isPlausible =
    isFulfilled(history, datastore, sent?.datastore, environment) || /ing$/.test(datastore?.Status ?? '');
  if (own.some(isRecordedAsSent) && isPlausible && !others.some(({ throughApi }) => throughApi)) return [];
  const other = others.at(-1);
  const lastChange = other ? `; the last change is ${other.action} of ${other.by}` : '';
  const ownChanges = sent ? 'no change of hers took effect' : 'she never sent a change';
  return [
    {
      type: 'a success that other clients caused',
      where: sent ? 'sent' : 'not sent',
      detail: `ana got ${reply.status}, but ${ownChanges}${lastChange}`,
    },
  ];
}

/**
 * Returns whether the record of a try may say that its change was sent: it was sent, the try was killed after an update of the
 * record, or an update of the record failed. The API then may take a change made directly in AWS for the change of the try.
 */
function isRecordedAsSent({ run, sent }: Attempt): boolean {
  const updates = run.calls.filter(({ service, action }) => service === 'DynamoDB' && action === 'UpdateItem');
  const isUpdated = updates.some(({ status }) => status !== undefined);
  return sent !== undefined || (run.isKilled && isUpdated) || updates.some(({ faultKind }) => faultKind !== undefined);
}

/** Returns whether the response names an operation with the same goal that is already in progress, as documented. */
const joinsOperation = ({ reply, run }: Attempt): boolean =>
  reply?.headers.link !== undefined && !run.calls.some(({ action }) => action === 'CreateGlobalReplicationGroup');

/** Returns whether the datastore has all that the request of ana contains. */
export function isFulfilled(
  history: History,
  now: Described | undefined,
  before: Described | undefined,
  environment: Environment,
): boolean {
  const { scenario, name } = history;
  const { body = {} } = scenario.requestedChange.request(name) as { body?: Record<string, unknown> };
  const primary = now?.Members?.find(({ Role }) => Role === 'PRIMARY');
  const added = now?.Members?.find((member) => member.ReplicationGroupId === body.ReplicationGroupId);
  switch (scenario.requestedChange.route) {
    case 'createGlobalDatastore':
      return (
        primary?.ReplicationGroupId === body.PrimaryReplicationGroupId &&
        (body.GlobalReplicationGroupDescription ?? ' ') === (now?.GlobalReplicationGroupDescription ?? ' ')
      );
    case 'modifyGlobalDatastore':
      return Object.entries(body).every(([member, value]) =>
        `${(now as unknown as Record<string, unknown>)?.[member]}`.startsWith(`${value}`),
      );
    case 'deleteGlobalDatastore':
      return !now || now.Status === 'deleting';
    case 'failoverGlobalDatastore':
      return primary?.ReplicationGroupRegion === body.PrimaryRegion;
    case 'addMember':
      return added !== undefined;
    case 'modifyMember':
      return hasSettings(
        environment.groups().find((group) => group.id === `${name}-a-euw1`),
        body,
      );
    case 'removeMember':
      return (
        now !== undefined && !now.Members?.some(({ ReplicationGroupId }) => ReplicationGroupId === `${name}-a-euw1`)
      );
    case 'scaleNodeGroups':
      return now?.GlobalNodeGroups?.length === body.NodeGroupCount;
    case 'rebalanceSlots':
      return JSON.stringify(now?.GlobalNodeGroups) !== JSON.stringify(before?.GlobalNodeGroups);
    default:
      return false;
  }
}

/** Returns whether a member has the number of replicas and the snapshot retention in the request of ana. */
const hasSettings = (
  group: ReturnType<Environment['groups']>[number] | undefined,
  { ReplicasPerNodeGroup, SnapshotRetentionLimit }: Record<string, unknown>,
): boolean =>
  group !== undefined &&
  (ReplicasPerNodeGroup === undefined ||
    group.shards.every(({ zones }) => zones.length - 1 === ReplicasPerNodeGroup)) &&
  (SnapshotRetentionLimit === undefined || group.snapshotRetentionLimit === SnapshotRetentionLimit);

/** Returns a violation if the policy forbids the change that ana sent to AWS. `before` is the datastore before the change. */
export function checkPolicyRule(
  history: History,
  call: Call,
  before: Described | undefined,
  environment: Environment,
): Violation[] {
  const { rule, requestedChange } = history.scenario;
  if (!rule || !isForbidden(history, rule, before, environment)) return [];
  const detail = `${call.action} of ana reached AWS, but ${JSON.stringify(rules[rule])} forbids this ${requestedChange.route}`;
  return [{ type: 'a policy rule not enforced', where: rule, detail }];
}

function isForbidden(
  history: History,
  rule: RuleName,
  before: Described | undefined,
  environment: Environment,
): boolean {
  const { scenario, name, isCoolingDown } = history;
  if (rule === 'FailoverCooldownMinutes' && !isCoolingDown) return false;
  if (scenario.requestedChange.route === 'applyTopology')
    return rule === 'Regions' ? !hasEurope(before) : changesPrimary(history, before);
  if (rule === 'NodeFamilies' && scenario.requestedChange.route === 'createGlobalDatastore')
    return environment
      .groups()
      .some(({ id, nodeType }) => id === `${name}-a-use1` && !nodeType.startsWith('cache.r6g.'));
  return true;
}

const hasEurope = (datastore: Described | undefined) =>
  datastore?.Members?.some(({ ReplicationGroupRegion }) => ReplicationGroupRegion === 'eu-west-1') ?? false;

/** Returns whether the topology that ana requests has another primary than the datastore. */
function changesPrimary({ scenario, name }: History, datastore: Described | undefined): boolean {
  const { Members = [] } = (scenario.requestedChange.request(name).body ?? {}) as Pick<Described, 'Members'>;
  const [requestedPrimary, primary] = [Members, datastore?.Members ?? []].map((members) =>
    members.find(({ Role }) => Role === 'PRIMARY'),
  );
  return primary?.ReplicationGroupId !== requestedPrimary?.ReplicationGroupId;
}

/** The owner of each caller. */
export const owners: Readonly<Record<string, string>> = { ana: 'a', ben: 'a', eve: 'b' };

/**
 * Returns whether an owner may be that of a datastore. A member with hidden tags does not count beside one with readable tags. If
 * all tags are hidden, the API uses the owners that it has read last.
 */
function mayOwn(history: History, environment: Environment, datastoreId: string, owner: string | undefined): boolean {
  const members = environment.groups().filter(({ globalId }) => globalId === datastoreId);
  const isTagged = ({ region, id }: Group) => environment.ownerOf(region, id) === owner;
  const readable = members.filter(({ hidesTags }) => !hidesTags);
  if (readable.length > 0) return readable.every(isTagged);
  return (
    members.length > 0 &&
    members.every((group) => isTagged(group) || history.knownOwners.get(groupKey(group))?.has(owner))
  );
}

/** Returns a violation if a change of a caller reached AWS for a datastore or a primary of another owner. */
export function checkChangeAuthorization(
  history: History,
  by: string,
  call: Call,
  environment: Environment,
): Violation[] {
  if (!history.scenario.owners) return [];
  const { GlobalReplicationGroupId, PrimaryReplicationGroupId = '', ReplicationGroupId } = call.input;
  const operation = call.action === 'POST invocations' ? call.input.name?.replace(/_.*$/, '') : undefined;
  const member = environment.groups().find((group) => group.region === call.region && group.id === ReplicationGroupId);
  const target = GlobalReplicationGroupId ?? operation ?? member?.globalId;
  if (call.action === 'POST stop') return [];
  const exists = target === undefined || environment.describe(target) !== undefined;
  const isOwner = target
    ? mayOwn(history, environment, target, owners[by])
    : environment.ownerOf('us-east-1', PrimaryReplicationGroupId) === owners[by];
  if (!exists || isOwner) return [];
  const detail = `${call.action} of ${by} (owner ${owners[by]}) reached AWS for ${target ?? PrimaryReplicationGroupId} of another owner`;
  return [{ type: 'access without a right', where: call.action, detail }];
}

/** Returns a violation if a response shows data of another owner. `foreign`: the names that only other owners have had. */
export function checkResponseAuthorization(
  history: History,
  by: string,
  request: { readonly request: string; readonly body?: object },
  reply: Reply,
  foreign: readonly string[],
  environment: Environment,
): Violation[] {
  if (!history.scenario.owners || reply.headers['idempotency-replayed']) return [];
  const serialized = JSON.stringify([reply.headers, reply.body]);
  const leaked = foreign.find((name) => serialized.includes(name));
  const summary = `${by} (owner ${owners[by]}) got ${reply.status} for ${request.request}`;
  const where = `${by}, ${request.request.replace(/[?].*/, '').replaceAll(/[^/]*s\d{5}[^/]*/g, '…')} ${reply.status}`;
  if (leaked)
    return [{ type: 'access without a right', where, detail: `${summary} with the name ${leaked} of another owner` }];

  const isAboutDatastore = new RegExp(`/global-datastores/${id(history)}(?!/audit)`).test(request.request);
  if (!isAboutDatastore || reply.status >= 300 || !environment.describe(id(history))) return [];
  if (mayOwn(history, environment, id(history), owners[by])) return [];
  return [{ type: 'access without a right', where, detail: `${summary}, which has another owner` }];
}
