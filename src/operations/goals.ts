import type { FromSchema } from 'json-schema-to-ts';
import { config } from '../config.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { Problem, type Violation } from '../problems/problem.ts';
import type { addMemberRequest } from '../schemas/addMember.ts';
import type { topologyRequest } from '../schemas/applyTopology.ts';
import type { createRequest } from '../schemas/createGlobalDatastore.ts';
import type { Goal, MemberKey, WantedMember } from './goal.ts';

type WantedMembers = FromSchema<typeof topologyRequest>['Members'];
export type MemberRequest = FromSchema<typeof addMemberRequest>;

/** The goal that a datastore has these members as a whole. */
export const topologyGoal = (group: GlobalDatastore, Members: WantedMembers): Goal => ({
  Kind: 'APPLY',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: Members.map(toWantedMember),
  Known: memberKeysOf(group),
  OnFailure: 'keep',
});

/** The goal that a datastore just made over its primary gets its secondaries. */
export function creationGoal(
  group: GlobalDatastore,
  {
    PrimaryReplicationGroupId,
    PrimaryReplicationGroupRegion = config.region,
    Secondaries = [],
    OnFailure = 'keep',
  }: FromSchema<typeof createRequest>,
): Goal {
  const primary = {
    ReplicationGroupId: PrimaryReplicationGroupId.toLowerCase(),
    ReplicationGroupRegion: PrimaryReplicationGroupRegion,
  };
  return {
    Kind: 'CREATE',
    GlobalReplicationGroupId: group.GlobalReplicationGroupId,
    Members: [
      { ...primary, Role: 'PRIMARY' },
      ...Secondaries.map((member) => toWantedMember({ ...member, Role: 'SECONDARY' })),
    ],
    Known: [primary],
    OnFailure,
  };
}

/** The goal that a datastore is gone, and its members stand on their own. */
export const teardownGoal = (group: GlobalDatastore): Goal => ({
  Kind: 'DELETE',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: [],
  Known: memberKeysOf(group),
  OnFailure: 'keep',
});

const toWantedMember = (member: WantedMembers[number]): WantedMember => ({
  ...member,
  ReplicationGroupId: member.ReplicationGroupId.toLowerCase(), // as ElastiCache stores it
});

const memberKeysOf = ({ Members = [] }: GlobalDatastore): MemberKey[] =>
  Members.map(({ ReplicationGroupId = '', ReplicationGroupRegion = '' }) => ({
    ReplicationGroupId,
    ReplicationGroupRegion,
  }));

/** Refuses members of which not exactly one is the primary, or of which two are in one region. */
export function assertValidMembers(members: WantedMembers): void {
  const primaries = members.filter(({ Role }) => Role === 'PRIMARY').length;
  const errors: Violation[] = [
    ...(primaries === 1
      ? []
      : [{ pointer: '#/Members', detail: `One member is the PRIMARY, not ${primaries}; the others are SECONDARY.` }]),
    ...duplicateRegions(members, '#/Members'),
  ];
  assertNoViolations(errors);
}

interface CreationRequest {
  readonly PrimaryReplicationGroupRegion?: string;
  readonly Secondaries?: readonly MemberRequest[];
}

/** Refuses secondaries of which two are in one region, or one is in the primary's. */
export function assertValidSecondaries({ PrimaryReplicationGroupRegion, Secondaries = [] }: CreationRequest): void {
  const primary = { ReplicationGroupRegion: PrimaryReplicationGroupRegion ?? config.region };
  assertNoViolations(duplicateRegions([primary, ...Secondaries], '#/Secondaries', 1));
}

/** The violations of "each member is in a region of its own"; `skip` members stand elsewhere in the body. */
function duplicateRegions(
  members: readonly Pick<MemberKey, 'ReplicationGroupRegion'>[],
  place: string,
  skip = 0,
): Violation[] {
  const regions = members.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion);
  return regions.flatMap((region, index) =>
    regions.indexOf(region) === index
      ? []
      : [
          {
            pointer: `${place}/${index - skip}/ReplicationGroupRegion`,
            detail: `Each member needs a region of its own; ${region} is taken by another one.`,
          },
        ],
  );
}

function assertNoViolations(errors: readonly Violation[]): void {
  const [first] = errors;
  if (first) throw new Problem('ValidationFailed', first.detail, { errors });
}
