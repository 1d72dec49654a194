import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import {
  type ActualState,
  type Goal,
  isSameMember,
  type MemberKey,
  memberName,
  type ObservedDatastore,
  type ObservedMember,
} from './goal.ts';
import type { ModifyStep } from './memberSteps.ts';
import { nextStep, type Step, type StopStep } from './nextStep.ts';
import { toObservedDatastore } from './observedDatastore.ts';
import { settledTokens, tokensAfter } from './tokenRotation.ts';

/** The steps of a run in order, and the reason if they do not reach the goal. */
export interface Plan {
  readonly steps: readonly ChangeStep[];
  readonly stop?: StopStep;
}

/** A step that calls AWS to change something. */
export type ChangeStep = Extract<Step, { Do: 'add' | 'promote' | 'detach' | 'delete' | 'modify' | 'rotate' }>;

/** The observed settings of members, as far as the goal compares them. */
export type ObservedSettings = Pick<ActualState, 'settings' | 'unreadable'>;

/** The limit on iterations. The longest plan that the tests find has 9 steps, and each of three members can get four changes. */
const maxSteps = 40;

/** Plans the steps to the goal. It calls `nextStep` and applies each step to a copy of the state until none remains. */
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
  return { steps, stop: noPlan };
}

/** Plans the steps from the actual state of a datastore to a goal. */
export const planFor = (goal: Goal, group: GlobalDatastore, observed: ObservedSettings = {}): Plan =>
  plan(goal, { ...observed, datastore: toObservedDatastore(group, ''), groups: {} });

/** Returns whether a plan shows that the datastore matches the goal. Settings that could not be read may differ. */
export const isReached = ({ steps, stop }: Plan, { unreadable = [] }: ObservedSettings): boolean =>
  steps.length === 0 && !stop && unreadable.length === 0;

/** Returns the members that a plan promotes and that exist. */
export const promotedMembers = ({ steps }: Plan, { Members = [] }: GlobalDatastore): ObservedMember[] =>
  steps
    .flatMap((step) => (step.Do === 'promote' ? [step.Member] : []))
    .filter((member) => Members.some((other) => isSameMember(other as MemberKey, member)));

const noPlan = {
  Do: 'stop',
  Code: 'Unreachable',
  Reason: 'The state that AWS shows for the datastore allows no plan.',
  Advice: 'Read the datastore until it shows its members, then send the topology again.',
} as const;

/** Returns the state after a step is complete. */
export function stateAfter(step: ChangeStep, actual: ActualState): ActualState {
  const { datastore, groups } = actual;
  if (!datastore || step.Do === 'delete') return { groups };
  if (step.Do === 'rotate') return { ...actual, tokens: tokensAfter(step.Member, actual.tokens) };
  if (step.Do === 'modify') return { ...actual, settings: settingsAfter(step, actual) };
  return { ...actual, datastore: toStable({ ...datastore, Members: membersAfter(step, datastore.Members) }) };
}

function settingsAfter({ Member, Change }: ModifyStep, { settings = {} }: ActualState): ActualState['settings'] {
  const name = memberName(Member);
  const before = settings[name];
  return before ? { ...settings, [name]: { ...before, ...Change.After } } : settings;
}

function membersAfter(
  step: Exclude<ChangeStep, { Do: 'delete' | 'modify' | 'rotate' }>,
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

/** Returns the state after every change in progress is complete. Settings that could not be read are not compared any more. */
export function settledState(
  { GlobalReplicationGroupId, Members: desired }: Goal,
  { datastore, groups, settings = {}, tokens }: ActualState,
): ActualState {
  if (!datastore || datastore.Status === 'deleting') return { groups: {} };
  const remaining = datastore.Members.filter(({ Status }) => Status !== 'disassociating');
  const joining = desired.filter(
    (member) => groups[memberName(member)]?.GlobalReplicationGroupId === GlobalReplicationGroupId,
  );
  const existing = new Set(remaining.map(memberName));
  const Members = [...remaining, ...joining.filter((member) => !existing.has(memberName(member)))];
  return {
    groups: {},
    settings: mapValues(settings, (member) => ({ ...member, Status: 'available' })),
    ...(tokens && { tokens: settledTokens(remaining, tokens) }),
    datastore: toStable({
      ...datastore,
      Members: Members.map((member) => ({
        ...member,
        Role: existing.has(memberName(member)) ? member.Role : 'SECONDARY',
        Status: 'associated',
      })),
    }),
  };
}

const mapValues = <T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

const toStable = (datastore: ObservedDatastore): ObservedDatastore => ({
  ...datastore,
  Status: datastore.Members.length > 1 ? 'available' : 'primary-only',
});
