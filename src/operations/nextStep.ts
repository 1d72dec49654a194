import { STABLE_STATUSES } from '../datastores/status.ts';
import type { WantedMember } from './goal.ts';
import {
  type ActualState,
  type Goal,
  includesMember,
  isSameMember,
  memberName,
  type ObservedDatastore,
  type ObservedGroup,
  type ObservedMember,
} from './goal.ts';

/** What to do next, at most one change at a time. */
export type Step =
  | { readonly Do: 'wait'; readonly For: string }
  | { readonly Do: 'add'; readonly Member: WantedMember }
  | { readonly Do: 'promote'; readonly Member: ObservedMember; readonly ForNow: boolean }
  | { readonly Do: 'detach'; readonly Member: ObservedMember }
  | { readonly Do: 'delete' }
  | { readonly Do: 'done' }
  | { readonly Do: 'stop'; readonly Reason: string; readonly Advice: string; readonly Foreign?: true };

/**
 * The one step from what is there towards what is wanted. Pure: whatever a run has done or forgotten, the state of AWS alone
 * decides, so to ask again is harmless and a run may begin anew at any time.
 */
export function nextStep(goal: Goal, actual: ActualState): Step {
  const { datastore } = actual;
  if (!datastore || datastore.Status === 'deleted') return goal.Members.length === 0 ? done : datastoreGone(goal);
  if (datastore.Members.length === 0) return waitFor('the datastore to show its members');
  if (isOtherDatastore(goal, datastore)) return otherDatastore(goal, datastore);
  if (goal.Members.length === 0) return teardownStep(datastore);
  return (
    blockingReason(goal, actual, datastore) ?? pendingTransition(goal, actual, datastore) ?? nextChange(goal, datastore)
  );
}

/** A datastore has a primary and at most two secondaries, each in a region of its own (ElastiCache user guide). */
const maxMembers = 3;

const done = { Do: 'done' } as const;
const waitFor = (For: string) => ({ Do: 'wait', For }) as const;
const stop = (Reason: string, Advice: string) => ({ Do: 'stop', Reason, Advice }) as const;

const datastoreGone = ({ GlobalReplicationGroupId }: Goal): Step =>
  stop(
    `There is no datastore ${GlobalReplicationGroupId} any more.`,
    'Look at the replication groups: they are there still. Create the datastore anew if it is wanted.',
  );

const isOtherDatastore = ({ Members, Known }: Goal, datastore: ObservedDatastore): boolean =>
  !datastore.Members.some((member) => includesMember(Known, member) || includesMember(Members, member));

const otherDatastore = ({ GlobalReplicationGroupId }: Goal, { Members }: ObservedDatastore): Step => ({
  ...stop(
    `${GlobalReplicationGroupId} is another datastore now: its members are ${Members.map(memberName).join(', ')}.`,
    'Nothing of it was touched. Choose another name, or ask whose it is.',
  ),
  Foreign: true,
});

function teardownStep({ Status, Members }: ObservedDatastore): Step {
  if (Status === 'deleting') return waitFor('the datastore to be gone');
  if (!STABLE_STATUSES.includes(Status)) return waitForSettling(Status, Members);
  const [secondary] = Members.filter(({ Role }) => Role !== 'PRIMARY');
  if (!secondary) return { Do: 'delete' };
  return secondary.Status === 'associated' ? { Do: 'detach', Member: secondary } : waitForSettling(Status, Members);
}

/** What no waiting mends. */
function blockingReason(goal: Goal, { groups }: ActualState, { Status, Members }: ObservedDatastore): Step | undefined {
  if (Status === 'deleting') {
    return stop('Someone is deleting the datastore.', 'Wait until it is gone, and create it anew if it is wanted.');
  }
  const stranger = Members.find(
    (member) => !includesMember(goal.Members, member) && !includesMember(goal.Known, member),
  );
  if (stranger) {
    return stop(
      `${memberName(stranger)} has joined the datastore since; nobody has said what shall become of it.`,
      'Send the topology again, with this member or without it.',
    );
  }
  for (const member of goal.Members) {
    const group = groups[memberName(member)];
    const trouble = group && blockingGroup(memberName(member), group, goal);
    if (trouble) return trouble;
  }
  return undefined;
}

function blockingGroup(
  name: string,
  { Status, GlobalReplicationGroupId }: ObservedGroup,
  goal: Goal,
): Step | undefined {
  if (Status === 'create-failed') {
    return stop(
      `AWS could not make ${name}: it is create-failed.`,
      `Delete the replication group ${name}, then send the topology again. Its events in the ElastiCache console tell why.`,
    );
  }
  if (GlobalReplicationGroupId === goal.GlobalReplicationGroupId) return undefined;
  if (Status === 'creating' || Status === 'deleting') return undefined; // may yet turn out to be our own, or go
  return stop(
    `There is a replication group ${name} already, ${GlobalReplicationGroupId ? `of ${GlobalReplicationGroupId}` : 'on its own'}; only a new one can become a secondary.`,
    'Choose another ReplicationGroupId for that region, and send the topology again.',
  );
}

/** What waiting mends. While members only join, further ones can be asked for (seen in terraform-provider-aws's tests). */
function pendingTransition(
  goal: Goal,
  { groups }: ActualState,
  { Status, Members }: ObservedDatastore,
): Step | undefined {
  const begun = goal.Members.find((member) => groups[memberName(member)] && !includesMember(Members, member));
  if (begun)
    return waitFor(`the replication group ${memberName(begun)} (${groups[memberName(begun)]?.Status}) to join or go`);

  const joining = Members.some((member) => member.Status === 'associating');
  const onlyJoining = joining && Members.every((member) => ['associating', 'associated'].includes(member.Status ?? ''));
  const fitting = missingMembers(goal, Members).find(hasRoomFor(Members));
  if (Status === 'modifying' && onlyJoining && fitting) return { Do: 'add', Member: fitting };

  const unsettled = Members.some((member) => member.Status !== 'associated');
  return !STABLE_STATUSES.includes(Status) || unsettled ? waitForSettling(Status, Members) : undefined;
}

/** The next change of a datastore that rests. */
function nextChange(goal: Goal, { Members }: ObservedDatastore): Step {
  const wanted = goal.Members.find(({ Role }) => Role === 'PRIMARY');
  const target = wanted && Members.find((member) => isSameMember(member, wanted));
  if (target && target.Role !== 'PRIMARY') return { Do: 'promote', Member: target, ForNow: false };

  const absent = missingMembers(goal, Members);
  const fitting = absent.find(hasRoomFor(Members));
  if (fitting) return { Do: 'add', Member: fitting };

  const secondaries = Members.filter(({ Role }) => Role !== 'PRIMARY');
  const leaving = secondaries.filter((member) => !includesMember(goal.Members, member));
  if (wanted && !target && (leaving.length === 0 || isInPrimaryRegion(wanted, Members))) {
    return movePrimaryAway(goal, Members, secondaries, wanted);
  }
  const inTheWay = leaving.find((member) => absent.some((other) => inRegionOf(other)(member)));
  const first = inTheWay ?? leaving[0];
  return first ? { Do: 'detach', Member: first } : done;
}

/** The primary that is there keeps the wanted one out, and cannot be detached while it is the primary: another holds the place. */
function movePrimaryAway(
  goal: Goal,
  Members: readonly ObservedMember[],
  secondaries: readonly ObservedMember[],
  wanted: WantedMember,
): Step {
  const holder = secondaries.find((member) => includesMember(goal.Members, member)) ?? secondaries[0];
  if (holder) return { Do: 'promote', Member: holder, ForNow: true };
  return stop(
    `${memberName(wanted)} cannot take the place of ${Members.map(memberName).join(', ')}: a region has room for one member, and the datastore has no other that could be primary meanwhile.`,
    'Add a member in another region, or choose another region for the primary.',
  );
}

/** Those that are wanted and not there, the primary first. */
const missingMembers = ({ Members: wanted }: Goal, Members: readonly ObservedMember[]): WantedMember[] =>
  wanted.filter((member) => !includesMember(Members, member)).sort((a, b) => a.Role.localeCompare(b.Role));

const hasRoomFor = (Members: readonly ObservedMember[]) => (member: WantedMember) =>
  Members.length < maxMembers && !Members.some(inRegionOf(member));

const inRegionOf =
  ({ ReplicationGroupRegion }: Pick<ObservedMember, 'ReplicationGroupRegion'>) =>
  (other: ObservedMember): boolean =>
    other.ReplicationGroupRegion === ReplicationGroupRegion;

/** Whether the primary of now is in the region where a member is wanted. */
const isInPrimaryRegion = (wanted: WantedMember, Members: readonly ObservedMember[]): boolean =>
  Members.some((member) => member.Role === 'PRIMARY' && inRegionOf(wanted)(member));

function waitForSettling(Status: string, Members: readonly ObservedMember[]): Step {
  const moving = Members.filter((member) => member.Status !== 'associated');
  if (moving.length === 0) return waitFor(`the datastore (${Status}) to be available`);
  const names = moving.map((member) => `${memberName(member)} (${member.Status})`).join(' and ');
  return waitFor(`${names} to settle`);
}
