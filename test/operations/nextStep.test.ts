import { describe, expect, it } from 'vitest';
import { describeStep } from '../../src/operations/describeStep.ts';
import {
  type ActualState,
  type DesiredMember,
  type Goal,
  isSameMember,
  memberName,
  type ObservedGroup,
  type ObservedMember,
  toTeardownGoal,
} from '../../src/operations/goal.ts';
import { nextStep } from '../../src/operations/nextStep.ts';
import { plan, stateAfter } from '../../src/operations/plan.ts';

const id = 'ldgnf-orders';

/** `us-east-1/a*` is a primary, `eu-west-1/b` a secondary, `eu-west-1/b:associating` a secondary with that status. */
function member(text: string): ObservedMember & { Role: 'PRIMARY' | 'SECONDARY' } {
  const [name = '', Status = 'associated'] = text.split(':');
  const [ReplicationGroupRegion = '', ReplicationGroupId = ''] = name.replace('*', '').split('/');
  return { ReplicationGroupRegion, ReplicationGroupId, Role: name.endsWith('*') ? 'PRIMARY' : 'SECONDARY', Status };
}

const desiredMembers = (...names: string[]): DesiredMember[] =>
  names.map((name) => ({ ...member(name), Status: undefined }));

const goal = (names: string[], known: string[], others: Partial<Goal> = {}): Goal => ({
  Kind: names.length > 0 ? 'APPLY' : 'DELETE',
  GlobalReplicationGroupId: id,
  Members: desiredMembers(...names),
  Known: known.map(member),
  OnFailure: 'keep',
  ...others,
});

const actualState = (names: string[], Status?: string, groups: Record<string, ObservedGroup> = {}): ActualState => ({
  groups,
  datastore: {
    Region: 'us-east-1',
    Status: Status ?? (names.length > 1 ? 'available' : 'primary-only'),
    Members: names.map(member),
  },
});

const step = (target: Goal, actual: ActualState) => describeStep(nextStep(target, actual), target);

describe('the next step towards a topology', () => {
  const [use1, euw1, apse2] = ['us-east-1/a*', 'eu-west-1/b', 'ap-southeast-2/c'] as const;
  const all = [use1, euw1, apse2];

  it.each<[string, Goal, ActualState, string]>([
    ['nothing when the goal is reached', goal(all, all), actualState(all), 'Nothing'],
    [
      'waiting while the datastore is created',
      goal(all, [use1]),
      actualState([`${use1}:associating`], 'creating'),
      'Wait for us-east-1/a (associating)',
    ],
    ['a secondary that is missing', goal(all, [use1]), actualState([use1]), 'Create eu-west-1/b'],
    [
      'another secondary while one joins',
      goal(all, [use1]),
      actualState([use1, `${euw1}:associating`], 'modifying'),
      'Create ap-southeast-2/c',
    ],
    [
      'waiting when all have been requested',
      goal(all, [use1]),
      actualState([use1, `${euw1}:associating`, `${apse2}:associating`], 'modifying'),
      'Wait for eu-west-1/b (associating) and ap-southeast-2/c (associating)',
    ],
    [
      'waiting for a change that is not its own',
      goal(all, [use1]),
      actualState([use1, euw1], 'modifying'),
      'Wait for the datastore (modifying)',
    ],
    [
      'waiting while a member leaves',
      goal([use1, apse2], all),
      actualState([use1, `${euw1}:disassociating`, apse2], 'modifying'),
      'Wait for eu-west-1/b (disassociating)',
    ],
    [
      'waiting for a member that is not stable although the datastore is available',
      goal(all, all),
      actualState([use1, euw1, `${apse2}:associating`]),
      'Wait for ap-southeast-2/c',
    ],
    [
      'waiting for a group that is being created and not yet a member',
      goal(all, [use1]),
      actualState([use1, euw1], undefined, {
        'ap-southeast-2/c': { Status: 'creating', GlobalReplicationGroupId: id },
      }),
      'Wait for the replication group ap-southeast-2/c (creating)',
    ],
    [
      'waiting for a group that does not show its datastore yet',
      goal(all, [use1]),
      actualState([use1, euw1], undefined, { 'ap-southeast-2/c': { Status: 'creating' } }),
      'Wait for the replication group ap-southeast-2/c (creating)',
    ],
    [
      'waiting until an old group of that name is deleted',
      goal(all, [use1]),
      actualState([use1, euw1], undefined, { 'ap-southeast-2/c': { Status: 'deleting' } }),
      'Wait for the replication group ap-southeast-2/c (deleting)',
    ],
    [
      'the change of primary before anything else',
      goal(['us-east-1/a', 'eu-west-1/b*', apse2], [use1, euw1]),
      actualState([use1, euw1]),
      'Promote eu-west-1/b to primary (Fail',
    ],
    [
      'a new member before an old one is detached',
      goal([use1, apse2], [use1, euw1]),
      actualState([use1, euw1]),
      'Create ap-southeast-2/c',
    ],
    [
      'the detach of an old member first if the datastore has three members',
      goal([use1, apse2, 'eu-west-3/d'], [use1, euw1, apse2]),
      actualState(all),
      'Detach eu-west-1/b',
    ],
    [
      'the detach of a member before a new one in its region',
      goal([use1, 'eu-west-1/z'], [use1, apse2, euw1]),
      actualState([use1, apse2, euw1]),
      'Detach eu-west-1/b',
    ],
    [
      'a temporary primary if the new primary has the region of the old one',
      goal(['us-east-1/z*', euw1], [use1, euw1]),
      actualState([use1, euw1]),
      'Promote eu-west-1/b to primary temporarily',
    ],
    [
      'the detach of a former primary',
      goal(['us-east-1/z*', euw1], [use1, euw1]),
      actualState(['us-east-1/a', 'eu-west-1/b*']),
      'Detach us-east-1/a',
    ],
    ['the detach of a secondary for a deletion', goal([], all), actualState(all), 'Detach eu-west-1/b'],
    ['the deletion when no secondary is left', goal([], all), actualState([use1]), 'Delete ldgnf-orders'],
    [
      'waiting until it is deleted',
      goal([], all),
      actualState([use1], 'deleting'),
      'Wait for the datastore to be deleted',
    ],
    ['nothing when it does not exist and deletion was the goal', goal([], all), { groups: {} }, 'Nothing'],
    ['nothing when it is deleted and deletion was the goal', goal([], all), actualState([use1], 'deleted'), 'Nothing'],
    ['waiting before a deletion', goal([], all), actualState(all, 'creating'), 'Wait for the datastore (creating)'],
    [
      'waiting for members that AWS does not show',
      goal(all, all),
      actualState([], 'available'),
      'Wait for the datastore to show its members',
    ],
    [
      'waiting in an unknown status',
      goal(all, all),
      actualState(all, 'snapshotting'),
      'Wait for the datastore (snapshotting)',
    ],
  ])('is %s', (_, target, actual, description) => {
    expect(step(target, actual)).toMatch(new RegExp(`^${description.replace(/[()*.]/g, '\\$&')}`));
  });

  it.each<[string, Goal, ActualState, string]>([
    ['the datastore does not exist', goal(all, [use1]), { groups: {} }, 'Datastore ldgnf-orders no longer exists'],
    ['it is being deleted', goal(all, [use1]), actualState([use1], 'deleting'), 'The datastore is being deleted'],
    [
      'it is another one of the same name',
      goal([use1, euw1], [use1]),
      actualState(['us-west-2/x*']),
      'is now a different datastore.',
    ],
    [
      'it is another one of the same name, to be deleted',
      goal([], [use1]),
      actualState(['us-west-2/x*']),
      'now a different datastore',
    ],
    [
      'an unknown member has joined',
      goal([use1], [use1, euw1]),
      actualState([use1, euw1, 'us-west-2/x']),
      'us-west-2/x has joined the datastore since',
    ],
    [
      'an unknown member has joined a datastore to be deleted',
      goal([], [use1, euw1]),
      actualState([use1, euw1, 'us-west-2/x']),
      'us-west-2/x has joined the datastore since',
    ],
    [
      'an unknown member is the only secondary of a datastore to be deleted',
      goal([], [use1]),
      actualState([use1, euw1]),
      'eu-west-1/b has joined the datastore since',
    ],
    [
      'a member could not be created',
      goal(all, [use1]),
      actualState([use1], undefined, { 'eu-west-1/b': { Status: 'create-failed' } }),
      'AWS could not create eu-west-1/b',
    ],
    [
      'a joining member could not be created',
      goal(all, [use1]),
      actualState([use1, `${euw1}:associating`], 'modifying', {
        'eu-west-1/b': { Status: 'create-failed', GlobalReplicationGroupId: id },
      }),
      'AWS could not create eu-west-1/b',
    ],
    [
      'the name of a new member is taken',
      goal(all, [use1]),
      actualState([use1], undefined, { 'eu-west-1/b': { Status: 'available' } }),
      'eu-west-1/b already exists as a standalone group',
    ],
    [
      'the name of a new member is taken by another datastore',
      goal(all, [use1]),
      actualState([use1], undefined, {
        'eu-west-1/b': { Status: 'available', GlobalReplicationGroupId: 'ldgnf-others' },
      }),
      'eu-west-1/b already exists as a member of ldgnf-others',
    ],
    [
      'no other member can become the primary',
      goal(['us-east-1/z*'], [use1]),
      actualState([use1]),
      'us-east-1/z cannot replace us-east-1/a',
    ],
  ])('stops with a reason and with advice when %s', (_, target, actual, reason) => {
    const found = nextStep(target, actual);

    expect(found).toMatchObject({ Do: 'stop', Reason: expect.stringContaining(reason) });
    expect(found).toMatchObject({ Advice: expect.stringMatching(/^[A-Z].+\.$/) });
  });
});

describe('between every two topologies', () => {
  const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'];
  const states = topologies(regions);

  it('a plan of legal steps reaches the goal, except to replace a single primary in its own region', () => {
    let longest = 0;
    for (const from of states) {
      for (const to of [...states, []]) {
        const target = goal(to, from);
        const { steps, stop } = plan(target, actualState(from));
        if (stop) {
          expect(from.length === 1 && to.length === 1 && from[0] !== to[0], `${from} to ${to}: ${stop.Reason}`).toBe(
            true,
          );
          expect(regionOf(from[0])).toBe(regionOf(to[0]));
          continue;
        }
        longest = Math.max(longest, steps.length);
        expect(applySteps(target, actualState(from), steps), `${from} to ${to}`).toEqual([...to].sort());
      }
    }
    expect(states).toHaveLength(152);
    expect(longest).toBeLessThan(10);
  });

  it('no step changes a datastore that an unknown member has joined, in any status', () => {
    const statuses = ['available', 'primary-only', 'modifying', 'creating', 'deleting', 'snapshotting'];
    for (const from of states.filter((_, index) => index % 4 === 0)) {
      for (const to of [...states.filter((_, index) => index % 7 === 0), []]) {
        for (const Status of statuses) {
          const { Do } = nextStep(goal(to, from), actualState([...from, 'us-west-2/stranger'], Status));

          expect(Do, `${from} to ${to}, ${Status}`).toBe('stop');
        }
      }
    }
  });

  it('no step is left at the goal', () => {
    for (const state of states) expect(plan(goal(state, state), actualState(state)).steps).toEqual([]);
  });

  it('a run that restarts after any step continues with the same plan', () => {
    for (const from of states.filter((_, index) => index % 5 === 0)) {
      for (const to of states.filter((_, index) => index % 3 === 0)) {
        const target = goal(to, from);
        const { steps } = plan(target, actualState(from));
        let state = actualState(from);
        for (const [index, step] of steps.entries()) {
          state = stateAfter(step, state);
          expect(plan(target, state).steps).toEqual(steps.slice(index + 1));
        }
      }
    }
  });
});

it('a plan for a datastore that shows no members stops', () => {
  expect(plan(goal(['us-east-1/a*'], []), actualState([], 'available'))).toMatchObject({
    steps: [],
    stop: { Reason: 'The state that AWS shows for the datastore allows no plan.' },
  });
});

it('a failed run with OnFailure teardown has the goal of a deletion', () => {
  const failed = goal(['us-east-1/a*', 'eu-west-1/b'], ['us-east-1/a*'], { Kind: 'CREATE', OnFailure: 'teardown' });

  const { steps } = plan(toTeardownGoal(failed, [member('eu-west-1/b')]), actualState(['us-east-1/a*', 'eu-west-1/b']));

  expect(steps.map(({ Do }) => Do)).toEqual(['detach', 'delete']);
});

/** Returns each topology over these regions: one to three members, each named a or b, one of them the primary. */
function topologies(regions: readonly string[]): string[][] {
  const sets = regions.reduce<string[][]>(
    (some, region) => some.flatMap((set) => [set, [...set, `${region}/a`], [...set, `${region}/b`]]),
    [[]],
  );
  return sets
    .filter(({ length }) => length > 0 && length <= 3)
    .flatMap((set) => set.map((primary) => set.map((name) => (name === primary ? `${name}*` : name))));
}

const regionOf = (name = ''): string => name.split('/')[0] ?? '';

/** Applies the steps, each of which must be legal in AWS. Returns the sorted members at the end, none after a deletion. */
function applySteps(target: Goal, from: ActualState, steps: readonly Parameters<typeof stateAfter>[0][]): string[] {
  let state = from;
  for (const step of steps) {
    expectLegalStep(target, state, step);
    state = stateAfter(step, state);
  }
  return (state.datastore?.Members ?? []).map((one) => `${memberName(one)}${one.Role === 'PRIMARY' ? '*' : ''}`).sort();
}

function expectLegalStep(target: Goal, { datastore }: ActualState, step: Parameters<typeof stateAfter>[0]): void {
  const members = datastore?.Members ?? [];
  const primary = members.find(({ Role }) => Role === 'PRIMARY');
  if (step.Do === 'delete') {
    expect(members).toHaveLength(1);
    return;
  }
  const isMember = members.some((one) => isSameMember(one, step.Member));
  switch (step.Do) {
    case 'add':
      expect(members.length).toBeLessThan(3);
      expect(members.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion)).not.toContain(
        step.Member.ReplicationGroupRegion,
      );
      return;
    case 'promote':
      expect(isMember && !isSameMember(step.Member, primary as ObservedMember)).toBe(true);
      return;
    case 'detach':
      expect(isMember && !isSameMember(step.Member, primary as ObservedMember)).toBe(true);
      expect(target.Members.some((one) => isSameMember(one, step.Member))).toBe(false);
  }
}
