import { describeMember } from '../datastores/describeMember.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { planMemberChanges } from '../datastores/memberChanges.ts';
import type { MemberSettings } from '../datastores/memberSettings.ts';
import { assertIsMember } from '../datastores/members.ts';
import {
  assertValidToken,
  changesToken,
  isTokenChanged,
  planWithToken,
  withRequestedToken,
} from '../datastores/memberToken.ts';
import { toReplicationGroup } from '../datastores/replicationGroup.ts';
import { sendMemberChange } from '../datastores/sendMemberChange.ts';
import type { CurrentState, Snapshot } from '../datastores/snapshot.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { acceptedAt, ok } from '../http/responses.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkCallable, preflight } from '../preflight/modifyMember.ts';
import { Problem, undefinedIfNotFound } from '../problems/problem.ts';
import { modifyMember } from '../schemas/modifyMember.ts';

type Request = ChangeRequest<typeof modifyMember>;

export const handler = defineChange(modifyMember, {
  preflight,
  load: async (request) => {
    assertValidToken(request.body);
    const [{ GlobalReplicationGroup }, member] = await Promise.all([
      findGlobalDatastore(request.signal, request.path.GlobalReplicationGroupId),
      readGroup(request).catch(undefinedIfNotFound),
    ]);
    return { GlobalReplicationGroup, ...member };
  },
  isApplied: ({ ReplicationGroup, Settings }, { body }, snapshot) =>
    snapshot?.ReplicationGroup?.Status === 'available' &&
    snapshot.ReplicationGroup.ReplicationGroupCreateTime === ReplicationGroup?.ReplicationGroupCreateTime &&
    memberHas(Settings, body) &&
    (changesToken(body)
      ? isTokenChanged(ReplicationGroup ?? {}, snapshot.ReplicationGroup)
      : !memberHas(snapshot.Settings, body)),
  assertAllowed: ({ GlobalReplicationGroup, Settings }, { path, body }) => {
    assertIsMember(GlobalReplicationGroup, path);
    assertChecksPass(checkCallable(body, requireSettings(Settings, path)));
  },
  execute: async ({ path, body, signal }, current) => {
    const [planned] = planWithToken(body, requireSettings(current.Settings, path));
    if (!planned) return unchanged(current);
    const change = changesToken(body) ? await withRequestedToken(signal, body, planned) : planned;
    const changed = await sendMemberChange(signal, path.ReplicationGroupRegion, change);
    return changed ? { ...current, ReplicationGroup: toReplicationGroup(changed) } : current;
  },
  respond: (result, { path }) => {
    const body = { ReplicationGroup: result.ReplicationGroup ?? toReplicationGroup(undefined) };
    return 'isUnchanged' in result ? ok(body) : acceptedAt(path.GlobalReplicationGroupId, body);
  },
  isSettled: ({ ReplicationGroup }) =>
    ReplicationGroup?.Status === 'available' && Object.keys(ReplicationGroup.PendingModifiedValues ?? {}).length === 0,
  showCompleted: async (request, GlobalReplicationGroup) => ({ GlobalReplicationGroup, ...(await readGroup(request)) }),
  findDeviation: (current, { body }, snapshot) => {
    const missing = [...findMissingSettings(current, body), ...findMissingToken(current, body, snapshot)];
    return missing.length === 0 ? undefined : { detail: `${missing.join(', ')}.` };
  },
});

const readGroup = ({ path, body, signal }: Pick<Request, 'path' | 'body' | 'signal'>) =>
  describeMember(signal, path.ReplicationGroupRegion, path.ReplicationGroupId, body);

const memberHas = (settings: MemberSettings | undefined, body: Request['body']): boolean =>
  settings !== undefined && planMemberChanges(body, settings).length === 0;

/** Returns the requested settings that a member does not have, each with its value. */
const findMissingSettings = ({ Settings }: CurrentState, body: Request['body']): string[] =>
  (Settings ? planMemberChanges(body, Settings) : [])
    .flatMap(({ Differences }) => Differences)
    .map(({ Setting, From, To }) => `${Setting} is ${From}, not ${To}`);

/** Returns a text if the request changes the AUTH token and AWS shows that it is unchanged. */
function findMissingToken(
  { ReplicationGroup }: CurrentState,
  body: Request['body'],
  snapshot: Snapshot | undefined,
): string[] {
  const before = snapshot?.ReplicationGroup;
  const isMissing = changesToken(body) && before && !isTokenChanged(ReplicationGroup ?? {}, before);
  return isMissing ? ['the AUTH token is the one before'] : [];
}

/** Returns the settings of a member. Throws `ReplicationGroupNotFoundFault` if it does not exist. */
function requireSettings(settings: MemberSettings | undefined, { ReplicationGroupId: id }: Request['path']) {
  if (settings) return settings;
  throw new Problem('ReplicationGroupNotFoundFault', `Replication group ${id} does not exist.`);
}

/** Returns a state that already matches the request. Throws while a change is in progress: the settings may still change. */
function unchanged<State extends { readonly ReplicationGroup?: { readonly Status: string } }>(current: State) {
  const { Status } = current.ReplicationGroup ?? {};
  if (Status === 'available') return { ...current, isUnchanged: true };
  throw new Problem('InvalidReplicationGroupStateFault', `The member is ${Status}. Its settings may be changing.`);
}
