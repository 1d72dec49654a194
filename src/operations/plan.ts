import { type ActualState, type Goal, memberName, type ObservedDatastore, type ObservedMember } from './goal.ts';
import { nextStep, type Step } from './nextStep.ts';

/** What a run would do, in order, and why it could not end well, if so. */
export interface Plan {
  readonly steps: readonly ChangeStep[];
  readonly stop?: Extract<Step, { Do: 'stop' }>;
}

/** A step that changes something. */
export type ChangeStep = Extract<Step, { Do: 'add' | 'promote' | 'detach' | 'delete' }>;

/** Far more than any plan needs: the longest found has 9 steps. */
const maxSteps = 30;

/** The steps from here to the goal, worked out by doing them on paper: `nextStep` is asked until it has nothing more to say. */
export function plan(goal: Goal, actual: ActualState): Plan {
  const steps: ChangeStep[] = [];
  let state = actual;
  for (let count = 0; count < maxSteps; count++) {
    const step = nextStep(goal, state);
    if (step.Do === 'done') return { steps };
    if (step.Do === 'stop') return { steps, stop: step };
    if (step.Do !== 'wait') steps.push(step);
    state = step.Do === 'wait' ? settledState(goal, state) : stateAfter(step, state);
  }
  return { steps, stop: unsettled };
}

const unsettled = {
  Do: 'stop',
  Reason: 'What AWS shows of the datastore leads nowhere.',
  Advice: 'Read the datastore, and send the topology again when it shows its members.',
} as const;

/** A step in words. */
export function describeStep(step: Step, goal: Goal): string {
  switch (step.Do) {
    case 'add':
      return `Make ${memberName(step.Member)} as a secondary (CreateReplicationGroup in ${step.Member.ReplicationGroupRegion}).`;
    case 'promote':
      return `Promote ${memberName(step.Member)} to primary${step.ForNow ? ' for the time being' : ''} (FailoverGlobalReplicationGroup); the primary of now becomes a secondary and takes no writes.`;
    case 'detach':
      return `Detach ${memberName(step.Member)} (DisassociateGlobalReplicationGroup); it stays as a replication group on its own and goes on costing money.`;
    case 'delete':
      return `Delete ${goal.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup); its primary stays as a replication group on its own and goes on costing money.`;
    case 'wait':
      return `Wait for ${step.For}.`;
    case 'stop':
      return step.Reason;
    case 'done':
      return 'Nothing: it is as it was wanted.';
  }
}

/** What a step makes of things, once it is through. */
export function stateAfter(step: ChangeStep, { datastore, groups }: ActualState): ActualState {
  if (!datastore || step.Do === 'delete') return { groups };
  return { groups, datastore: stable({ ...datastore, Members: membersAfter(step, datastore.Members) }) };
}

function membersAfter(
  step: Exclude<ChangeStep, { Do: 'delete' }>,
  members: readonly ObservedMember[],
): ObservedMember[] {
  const others = members.filter((member) => memberName(member) !== memberName(step.Member));
  const { ReplicationGroupId, ReplicationGroupRegion } = step.Member;
  const member = { ReplicationGroupId, ReplicationGroupRegion, Status: 'associated' };
  switch (step.Do) {
    case 'add':
      return [...others, { ...member, Role: 'SECONDARY' }];
    case 'promote':
      return [...others.map((other) => ({ ...other, Role: 'SECONDARY' })), { ...member, Role: 'PRIMARY' }];
    case 'detach':
      return others;
  }
}

/** Things as they are once everything that is under way is through. */
export function settledState(
  { GlobalReplicationGroupId, Members: wanted }: Goal,
  { datastore, groups }: ActualState,
): ActualState {
  if (!datastore || datastore.Status === 'deleting') return { groups: {} };
  const staying = datastore.Members.filter(({ Status }) => Status !== 'disassociating');
  const joining = wanted.filter(
    (member) => groups[memberName(member)]?.GlobalReplicationGroupId === GlobalReplicationGroupId,
  );
  const there = new Set(staying.map(memberName));
  const Members = [...staying, ...joining.filter((member) => !there.has(memberName(member)))];
  return {
    groups: {},
    datastore: stable({
      ...datastore,
      Members: Members.map((member) => ({
        ...member,
        Role: there.has(memberName(member)) ? member.Role : 'SECONDARY',
        Status: 'associated',
      })),
    }),
  };
}

const stable = (datastore: ObservedDatastore): ObservedDatastore => ({
  ...datastore,
  Status: datastore.Members.length > 1 ? 'available' : 'primary-only',
});
