import type { FromSchema } from 'json-schema-to-ts';
import { config } from '../config.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { assertNoViolations, type Violation } from '../problems/problem.ts';
import type { addMemberRequest } from '../schemas/addMember.ts';
import type { topologyRequest } from '../schemas/applyTopology.ts';
import type { createRequest } from '../schemas/createGlobalDatastore.ts';
import type { drillRequest } from '../schemas/drill.ts';
import type { rotateRequest } from '../schemas/rotateAuthToken.ts';
import type { DesiredMember, Goal, MemberKey, ObservedToken } from './goal.ts';

type DesiredMembers = FromSchema<typeof topologyRequest>['Members'];
export type MemberRequest = FromSchema<typeof addMemberRequest>;

/** Returns the goal that a datastore has exactly these members. `AcceptedAt` is a time before the datastore was read. */
export const topologyGoal = (
  group: GlobalDatastore,
  Members: DesiredMembers,
  { AcceptedAt, MaxLagSeconds }: Pick<Goal, 'AcceptedAt' | 'MaxLagSeconds'> = {},
): Goal => ({
  Kind: 'APPLY',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: Members.map(toDesiredMember),
  Known: memberKeysOf(group),
  ComparesSettings: true,
  OnFailure: 'keep',
  ...(AcceptedAt && { AcceptedAt }),
  ...(MaxLagSeconds !== undefined && { MaxLagSeconds }),
});

/** Returns the goal that adds the secondaries to a datastore that was just created. */
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
      ...Secondaries.map((member) => toDesiredMember({ ...member, Role: 'SECONDARY' })),
    ],
    Known: [primary],
    OnFailure,
    AcceptedAt: new Date().toISOString(),
  };
}

/** Returns the goal that a datastore is deleted and its members remain as standalone replication groups. */
export const teardownGoal = (group: GlobalDatastore): Goal => ({
  Kind: 'DELETE',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: [],
  Known: memberKeysOf(group),
  OnFailure: 'keep',
  AcceptedAt: new Date().toISOString(),
});

/** Returns the goal that all members have the AUTH token of a secret. `tokens` are those that they have. */
export const rotationGoal = (
  group: GlobalDatastore,
  { AuthTokenUpdateStrategy = 'ROTATE', ...secret }: RotationRequest,
  tokens: Readonly<Record<string, ObservedToken>>,
  AcceptedAt?: string,
): Goal => ({
  Kind: 'ROTATE_AUTH_TOKEN',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: membersOfGoal(group),
  Known: memberKeysOf(group),
  OnFailure: 'keep',
  TokenRotation: {
    ...secret,
    AuthTokenUpdateStrategy,
    ModifiedBefore: Object.fromEntries(Object.entries(tokens).map(([name, { ModifiedAt }]) => [name, ModifiedAt])),
  },
  ...(AcceptedAt && { AcceptedAt }),
});

/** Returns the goal that a secondary becomes the primary for a time. `Target` is that secondary. */
export const drillGoal = (
  group: GlobalDatastore,
  { HoldSeconds, MaxLagSeconds, Reason }: FromSchema<typeof drillRequest>,
  Target: MemberKey,
  AcceptedAt: string,
): Goal => ({
  Kind: 'DRILL',
  GlobalReplicationGroupId: group.GlobalReplicationGroupId,
  Members: membersOfGoal(group),
  Known: memberKeysOf(group),
  OnFailure: 'keep',
  Drill: {
    Target,
    Origin: primaryKeyOf(group),
    HoldSeconds,
    Reason,
    ...(MaxLagSeconds !== undefined && { MaxLagSeconds }),
  },
  AcceptedAt,
});

function primaryKeyOf(group: GlobalDatastore): MemberKey {
  const [primary = { ReplicationGroupId: '', ReplicationGroupRegion: '' }] = membersOfGoal(group).filter(
    ({ Role }) => Role === 'PRIMARY',
  );
  const { ReplicationGroupId, ReplicationGroupRegion } = primary;
  return { ReplicationGroupId, ReplicationGroupRegion };
}

interface RotationRequest extends FromSchema<typeof rotateRequest> {
  readonly SecretVersionId?: string;
}

const membersOfGoal = ({ Members = [] }: GlobalDatastore): DesiredMember[] =>
  Members.map(({ ReplicationGroupId = '', ReplicationGroupRegion = '', Role }) => ({
    ReplicationGroupId,
    ReplicationGroupRegion,
    Role: Role === 'PRIMARY' ? 'PRIMARY' : 'SECONDARY',
  }));

const toDesiredMember = (member: DesiredMembers[number]): DesiredMember => ({
  ...member,
  ReplicationGroupId: member.ReplicationGroupId.toLowerCase(), // as ElastiCache stores it
});

export const memberKeysOf = ({ Members = [] }: GlobalDatastore): MemberKey[] =>
  Members.map(({ ReplicationGroupId = '', ReplicationGroupRegion = '' }) => ({
    ReplicationGroupId,
    ReplicationGroupRegion,
  }));

/** Throws `ValidationFailed` unless exactly one member is the primary and each is in a region of its own. */
export function assertValidMembers(members: DesiredMembers): void {
  const primaries = members.filter(({ Role }) => Role === 'PRIMARY').length;
  const errors: Violation[] = [
    ...(primaries === 1
      ? []
      : [{ pointer: '#/Members', detail: `Exactly one member must be PRIMARY. The request has ${primaries}.` }]),
    ...duplicateRegions(members, '#/Members'),
  ];
  assertNoViolations(errors);
}

interface CreationRequest {
  readonly PrimaryReplicationGroupRegion?: string;
  readonly Secondaries?: readonly MemberRequest[];
}

/** Throws `ValidationFailed` if two secondaries are in one region, or one is in the region of the primary. */
export function assertValidSecondaries({ PrimaryReplicationGroupRegion, Secondaries = [] }: CreationRequest): void {
  const primary = { ReplicationGroupRegion: PrimaryReplicationGroupRegion ?? config.region };
  assertNoViolations(duplicateRegions([primary, ...Secondaries], '#/Secondaries', 1));
}

/** Returns a violation for each member in the region of an earlier one. The first `skip` members are not at `pointer`. */
function duplicateRegions(
  members: readonly Pick<MemberKey, 'ReplicationGroupRegion'>[],
  pointer: string,
  skip = 0,
): Violation[] {
  const regions = members.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion);
  return regions.flatMap((region, index) =>
    regions.indexOf(region) === index
      ? []
      : [
          {
            pointer: `${pointer}/${index - skip}/ReplicationGroupRegion`,
            detail: `Each member must be in a region of its own. Another member is in ${region}.`,
          },
        ],
  );
}
