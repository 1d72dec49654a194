import { STABLE_STATUSES } from '../datastores/status.ts';
import { nextDrillStep } from './drill/nextDrillStep.ts';
import { afterDetach, type EvacuationStep, nextEvacuationStep } from './evacuation/evacuationStep.ts';
import {
  type ActualState,
  type DesiredMember,
  type Goal,
  includesMember,
  isSameMember,
  memberName,
  type ObservedDatastore,
  type ObservedGroup,
  type ObservedMember,
} from './goal.ts';
import { addNodesStep, changeSettingsStep, type ModifyStep } from './memberSteps.ts';
import { nextTokenStep, type TokenStep } from './tokenRotation.ts';

/** The next step of a run: at most one change. */
export type Step =
  | { readonly Do: 'wait'; readonly For: string }
  | { readonly Do: 'add'; readonly Member: DesiredMember }
  | { readonly Do: 'promote'; readonly Member: ObservedMember; readonly Temporary: boolean }
  | { readonly Do: 'detach'; readonly Member: ObservedMember }
  | { readonly Do: 'delete' }
  | ModifyStep
  | TokenStep
  | Exclude<EvacuationStep, { Do: 'stop' }>
  | { readonly Do: 'done' }
  | StopStep;

/** The end of a run that cannot reach its goal. */
export interface StopStep {
  readonly Do: 'stop';
  /** The kind of reason. It does not depend on the text of the reason. */
  readonly Code: StopCode;
  readonly Reason: string;
  readonly Advice: string;
  /** The member that AWS could not create. */
  readonly Failed?: DesiredMember;
}

export type StopCode =
  | 'DatastoreDeleted'
  | 'DatastoreDeleting'
  | 'OtherDatastore'
  | 'UnknownMember'
  | 'LaterFailover'
  | 'Cancelled'
  | 'Superseded'
  | 'CreateFailed'
  | 'NameTaken'
  | 'Unreachable'
  | 'NoSecondary';

/** Returns whether a stop has a cause outside the run. The run then ends without a teardown. */
export const isCausedByOthers = ({ Code }: StopStep): boolean =>
  !['CreateFailed', 'NameTaken', 'Unreachable'].includes(Code);

/**
 * Returns the one step from the actual towards the desired state. It is a pure function of both and depends on no history of
 * the run. A repeat is therefore harmless, and a run may restart at any time.
 */
export function nextStep(goal: Goal, actual: ActualState): Step {
  const { datastore } = actual;
  const detached = goal.Evacuation && afterDetach(goal, actual);
  if (detached) return detached;
  if (!datastore || datastore.Status === 'deleted') return goal.Members.length === 0 ? done : datastoreDeleted(goal);
  if (datastore.Members.length === 0) return waitStep('the datastore to show its members');
  if (isOtherDatastore(goal, datastore)) return otherDatastore(goal);
  if (goal.Drill) return deletingReason(datastore) ?? unsettledStep(datastore) ?? nextDrillStep(goal.Drill, datastore);
  if (goal.Evacuation) return deletingReason(datastore) ?? nextEvacuationStep(goal, goal.Evacuation, datastore);
  const unknownMember = datastore.Members.find((member) => !isExpected(goal, member));
  if (unknownMember) return unknownMemberJoined(unknownMember);
  if (goal.Members.length === 0) return teardownStep(datastore);
  if (goal.TokenRotation)
    return (
      deletingReason(datastore) ??
      unsettledStep(datastore) ??
      nextTokenStep(goal.TokenRotation, datastore, actual.tokens)
    );
  return (
    blockingReason(goal, actual, datastore) ??
    pendingTransition(goal, actual, datastore) ??
    addNodesStep(goal, actual) ??
    nextMember(goal, datastore) ??
    changeSettingsStep(goal, actual) ??
    done
  );
}

/** A datastore has a primary and at most two secondaries, each in a region of its own (ElastiCache user guide). */
const maxMembers = 3;

const done = { Do: 'done' } as const;
const waitStep = (For: string) => ({ Do: 'wait', For }) as const;
const stopStep = (Code: StopCode, Reason: string, Advice: string) => ({ Do: 'stop', Code, Reason, Advice }) as const;

const datastoreDeleted = ({ GlobalReplicationGroupId }: Goal): Step =>
  stopStep(
    'DatastoreDeleted',
    `Datastore ${GlobalReplicationGroupId} no longer exists.`,
    'Its replication groups still exist. To get the datastore back, create it again over its primary.',
  );

/** Returns whether a datastore of the same name has no member that the run expects. */
export const isOtherDatastore = (goal: Goal, { Members }: ObservedDatastore): boolean =>
  !Members.some((member) => isExpected(goal, member));

/** Returns the stop of a run whose datastore was deleted and created again. It names nothing of the new one. */
export const otherDatastore = ({ GlobalReplicationGroupId }: Goal): StopStep =>
  stopStep(
    'OtherDatastore',
    `${GlobalReplicationGroupId} is now a different datastore.`,
    'It was not changed. Choose another name, or contact the owner of the datastore.',
  );

/** Returns whether a member is known to the goal or desired. */
const isExpected = ({ Members, Known }: Goal, member: ObservedMember): boolean =>
  includesMember(Known, member) || includesMember(Members, member);

const unknownMemberJoined = (member: ObservedMember): StopStep =>
  stopStep(
    'UnknownMember',
    `${memberName(member)} has joined the datastore since the operation was accepted. The desired state does not mention it.`,
    'Everything was left as it is. Send the request again to include this member.',
  );

function teardownStep({ Status, Members }: ObservedDatastore): Step {
  if (Status === 'deleting') return waitStep('the datastore to be deleted');
  if (!STABLE_STATUSES.includes(Status)) return waitForStable(Status, Members);
  const [secondary] = Members.filter(({ Role }) => Role !== 'PRIMARY');
  if (!secondary) return { Do: 'delete' };
  return secondary.Status === 'associated' ? { Do: 'detach', Member: secondary } : waitForStable(Status, Members);
}

/** Returns a stop if the actual state has an obstacle that waiting does not remove. */
function blockingReason(goal: Goal, { groups }: ActualState, datastore: ObservedDatastore): Step | undefined {
  const deleting = deletingReason(datastore);
  if (deleting) return deleting;
  for (const member of goal.Members) {
    const group = groups[memberName(member)];
    const stop = group && blockingGroup(memberName(member), group, goal);
    if (stop) return stop.Code === 'CreateFailed' ? { ...stop, Failed: member } : stop;
  }
  return undefined;
}

function deletingReason({ Status }: ObservedDatastore): Step | undefined {
  if (Status !== 'deleting') return undefined;
  return stopStep(
    'DatastoreDeleting',
    'The datastore is being deleted.',
    'Wait until it is deleted. To get it back, create it again.',
  );
}

function blockingGroup(
  name: string,
  { Status, GlobalReplicationGroupId }: ObservedGroup,
  goal: Goal,
): StopStep | undefined {
  if (Status === 'create-failed') {
    return stopStep(
      'CreateFailed',
      `AWS could not create ${name}. Its status is create-failed.`,
      `Read the events of ${name} in the ElastiCache console for the cause. Delete the replication group, then send the topology again.`,
    );
  }
  if (GlobalReplicationGroupId === goal.GlobalReplicationGroupId) return undefined;
  if (Status === 'creating' || Status === 'deleting') return undefined; // it may be of this run, or disappear
  return stopStep(
    'NameTaken',
    `Replication group ${name} already exists ${GlobalReplicationGroupId ? `as a member of ${GlobalReplicationGroupId}` : 'as a standalone group'}. Only a new replication group can become a secondary.`,
    'Choose another ReplicationGroupId for this region, and send the topology again.',
  );
}

/**
 * Returns the step while a change is in progress: a wait, or a further secondary. AWS accepts a further secondary while members
 * only join (seen in terraform-provider-aws's tests).
 */
function pendingTransition(goal: Goal, { groups }: ActualState, datastore: ObservedDatastore): Step | undefined {
  const { Status, Members } = datastore;
  const joiningGroup = goal.Members.find((member) => groups[memberName(member)] && !includesMember(Members, member));
  if (joiningGroup) {
    const name = memberName(joiningGroup);
    return waitStep(`the replication group ${name} (${groups[name]?.Status}) to join or to be deleted`);
  }

  const joining = Members.some((member) => member.Status === 'associating');
  const onlyJoining = joining && Members.every((member) => ['associating', 'associated'].includes(member.Status ?? ''));
  const addable = missingMembers(goal, Members).find(hasRoomFor(Members));
  if (Status === 'modifying' && onlyJoining && addable) return { Do: 'add', Member: addable };
  return unsettledStep(datastore);
}

/** Returns a wait while the datastore or a member changes. */
function unsettledStep({ Status, Members }: ObservedDatastore): Step | undefined {
  const isChanging = Members.some((member) => member.Status !== 'associated');
  return !STABLE_STATUSES.includes(Status) || isChanging ? waitForStable(Status, Members) : undefined;
}

/** Returns the next change of the members of a stable datastore and of their roles. */
function nextMember(goal: Goal, { Members }: ObservedDatastore): Step | undefined {
  const desiredPrimary = goal.Members.find(({ Role }) => Role === 'PRIMARY');
  const target = desiredPrimary && Members.find((member) => isSameMember(member, desiredPrimary));
  if (target && target.Role !== 'PRIMARY') return { Do: 'promote', Member: target, Temporary: false };

  const missing = missingMembers(goal, Members);
  const addable = missing.find(hasRoomFor(Members));
  if (addable) return { Do: 'add', Member: addable };

  const secondaries = Members.filter(({ Role }) => Role !== 'PRIMARY');
  const leaving = secondaries.filter((member) => !includesMember(goal.Members, member));
  if (desiredPrimary && !target && (leaving.length === 0 || isInPrimaryRegion(desiredPrimary, Members))) {
    return movePrimaryAway(goal, Members, secondaries, desiredPrimary);
  }
  const blocking = leaving.find((member) => missing.some((other) => inRegionOf(other)(member)));
  const next = blocking ?? leaving[0];
  return next && { Do: 'detach', Member: next };
}

/**
 * Promotes another member temporarily. The current primary occupies the region of the desired one, and a primary cannot be
 * detached.
 */
function movePrimaryAway(
  goal: Goal,
  Members: readonly ObservedMember[],
  secondaries: readonly ObservedMember[],
  desiredPrimary: DesiredMember,
): Step {
  const substitute = secondaries.find((member) => includesMember(goal.Members, member)) ?? secondaries[0];
  if (substitute) return { Do: 'promote', Member: substitute, Temporary: true };
  return stopStep(
    'Unreachable',
    `${memberName(desiredPrimary)} cannot replace ${Members.map(memberName).join(', ')}. A region can have only one member, and the datastore has no other member to promote in the meantime.`,
    'Add a member in another region first, or choose another region for the primary.',
  );
}

/** Returns the desired members that the datastore does not have, the primary first. */
const missingMembers = ({ Members: desired }: Goal, Members: readonly ObservedMember[]): DesiredMember[] =>
  desired.filter((member) => !includesMember(Members, member)).sort((a, b) => a.Role.localeCompare(b.Role));

const hasRoomFor = (Members: readonly ObservedMember[]) => (member: DesiredMember) =>
  Members.length < maxMembers && !Members.some(inRegionOf(member));

const inRegionOf =
  ({ ReplicationGroupRegion }: Pick<ObservedMember, 'ReplicationGroupRegion'>) =>
  (other: ObservedMember): boolean =>
    other.ReplicationGroupRegion === ReplicationGroupRegion;

/** Returns whether the current primary is in the region of a desired member. */
const isInPrimaryRegion = (desired: DesiredMember, Members: readonly ObservedMember[]): boolean =>
  Members.some((member) => member.Role === 'PRIMARY' && inRegionOf(desired)(member));

function waitForStable(Status: string, Members: readonly ObservedMember[]): Step {
  const unstable = Members.filter((member) => member.Status !== 'associated');
  if (unstable.length === 0) return waitStep(`the datastore (${Status}) to be available`);
  const names = unstable.map((member) => `${memberName(member)} (${member.Status})`).join(' and ');
  return waitStep(`${names} to settle`);
}
