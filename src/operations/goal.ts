import { createHash } from 'node:crypto';
import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import type { MemberSettings } from '../datastores/memberSettings.ts';
import { canonicalJson } from '../lib/canonicalJson.ts';
import type { addMemberRequest } from '../schemas/addMember.ts';

/** The identity of a replication group. Its id is unique only within its region, and in lower case as ElastiCache stores it. */
export interface MemberKey {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
}

/** A member of the desired state. Settings that it does not name stay, or get the default of AWS. */
export type DesiredMember = Omit<FromSchema<typeof addMemberRequest>, 'ReplicationGroupId' | 'ReplicationGroupRegion'> &
  MemberKey & { readonly Role: 'PRIMARY' | 'SECONDARY' };

/** The desired state of a datastore: the input of the durable function. */
export interface Goal {
  readonly Kind: 'CREATE' | 'APPLY' | 'DELETE' | 'ROTATE_AUTH_TOKEN' | 'DRILL' | 'EVACUATE';
  readonly GlobalReplicationGroupId: string;
  /** The desired members, exactly one of them the primary. Empty if the datastore is to be deleted. */
  readonly Members: readonly DesiredMember[];
  /**
   * The members when the request was accepted. They identify the datastore. Apart from members that the operation creates, no
   * other member is ever detached.
   */
  readonly Known: readonly MemberKey[];
  /** True if members that exist get their settings, too. Operations of version 1 apply settings to new members only. */
  readonly ComparesSettings?: true;
  /** The action if a secondary cannot be created: keep the datastore or tear it down. */
  readonly OnFailure: 'keep' | 'teardown';
  /** The name of the caller. */
  readonly RequestedBy?: string;
  /** The owner of the datastore when the request was accepted. Undefined without owners in the policy, or if it was unknown. */
  readonly Owner?: string;
  /** The time at which the request was accepted. The goal does not include later changes of other requests. */
  readonly AcceptedAt?: string;
  readonly OperationId?: string;
  /** The maximum lag of a member at its promotion, in seconds. Without it the lag is not read. */
  readonly MaxLagSeconds?: number;
  /** The change of the AUTH token, for an operation of this kind. Its members stay as they are. */
  readonly TokenRotation?: TokenRotation;
  /** The drill, for an operation of this kind. Its desired members are those with the roles that they have before it. */
  readonly Drill?: Drill;
  /** The evacuation that an operation of this kind is a part of. Its only desired member is the new primary. */
  readonly Evacuation?: EvacuationPart;
}

/** A drill of a failover: a secondary becomes the primary for a time. */
export interface Drill {
  /** The secondary that becomes the primary for a time. */
  readonly Target: MemberKey;
  /** The primary before and after. */
  readonly Origin: MemberKey;
  readonly HoldSeconds: number;
  readonly MaxLagSeconds?: number;
  readonly Reason: string;
  /** True on the way back. A run sets it. */
  readonly IsReturn?: true;
}

/** The part of an evacuation in one datastore. */
export interface EvacuationPart {
  readonly EvacuationId: string;
  /** The region of the former primary. It is never called. */
  readonly FromRegion: string;
  /** The time without success after which the new primary is detached. */
  readonly DetachAfterSeconds?: number;
  readonly Reason: string;
  /** The next change of a run, by its progress. Not stored. */
  readonly Next?: 'promote' | 'awaitFailover' | 'detach';
}

/** The change of the AUTH token of all members. It names the secret and does not contain the token. */
export interface TokenRotation {
  readonly AuthTokenSecretArn: string;
  /** The version of the secret when the request was accepted. */
  readonly SecretVersionId?: string;
  readonly AuthTokenUpdateStrategy: 'ROTATE' | 'SET';
  /** When the token of each member was last modified before the acceptance, by `memberName`. A member may never have had one. */
  readonly ModifiedBefore: Readonly<Record<string, string | undefined>>;
}

/** The input of the durable function, with its version. A later version reads this one. */
export interface StoredGoal extends Goal {
  readonly v: 1;
}

/** The actual state, as read from AWS. */
export interface ActualState {
  /** The datastore with its members. Undefined if every region responds that it does not exist. */
  readonly datastore?: ObservedDatastore;
  /** The replication groups named as desired members that are not yet associated, by `memberName`. */
  readonly groups: Readonly<Record<string, ObservedGroup>>;
  /** The settings of the members that the goal compares, by `memberName`. */
  readonly settings?: Readonly<Record<string, MemberSettings>>;
  /** The members whose settings could not be read, by `memberName`. */
  readonly unreadable?: readonly string[];
  /** The AUTH tokens of the members by `memberName`, for an operation that changes them. */
  readonly tokens?: Readonly<Record<string, ObservedToken>>;
}

/** The state of the AUTH token of a member. AWS does not return the token itself. */
export interface ObservedToken {
  /** The status of the replication group. */
  readonly Status: string;
  readonly ModifiedAt?: string;
  /** True while a change of the token is in progress. */
  readonly IsChanging?: boolean;
}

export interface ObservedDatastore {
  readonly Status: string;
  readonly Members: readonly ObservedMember[];
  /** A region that returned the datastore and accepts calls about it. */
  readonly Region: string;
}

export type ObservedMember = MemberKey & Pick<GlobalReplicationGroupMember, 'Role' | 'Status'>;

export interface ObservedGroup {
  readonly Status: string;
  /** The datastore that the replication group is a member of, if any. */
  readonly GlobalReplicationGroupId?: string;
}

/** Returns `region/id`, such as `eu-west-1/orders-euw1`. */
export const memberName = ({ ReplicationGroupRegion, ReplicationGroupId }: MemberKey): string =>
  `${ReplicationGroupRegion}/${ReplicationGroupId}`;

/** Returns whether both are the same replication group. */
export const isSameMember = (a: MemberKey, b: MemberKey): boolean => memberName(a) === memberName(b);

/** Returns whether a list of members has this member. */
export const includesMember = (members: readonly MemberKey[], member: MemberKey): boolean =>
  members.some((other) => isSameMember(other, member));

/** Returns the goal that removes the datastore that a run has created, with its known and its created members. */
export const toTeardownGoal = (goal: Goal, made: readonly MemberKey[] = []): Goal => ({
  ...goal,
  Kind: 'DELETE',
  Members: [],
  Known: [...goal.Known, ...made],
});

/**
 * Returns the advice for an operation that has ended early. A second ROTATE to the same token can end the validity of the former
 * token, so that it is not sent to a member again that has changed.
 */
export function adviceToContinue({ Kind, Drill }: Goal): string {
  if (Kind === 'ROTATE_AUTH_TOKEN')
    return 'Change each member that Remaining names by itself, with PATCH /global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}.';
  if (Drill) return adviceToReturn(Drill);
  if (Kind === 'EVACUATE')
    return 'Send the evacuation again, with DetachAfterSeconds to detach the secondary if its promotion does not succeed.';
  return 'Send the desired topology again to continue from the actual state.';
}

/** Returns the advice for a drill that has ended early. */
export const adviceToReturn = ({ Origin }: Drill): string =>
  `If ${memberName(Origin)} is not the primary and should be, promote it with POST /global-datastores/{GlobalReplicationGroupId}/failover.`;

/** Returns the id of the change that an operation carries out. Its steps are recorded under it. */
export const changeIdOf = (OperationId: string): string => OperationId.slice(OperationId.indexOf('_') + 1);

/** Parses the goal from the input of an execution. */
export const parseGoal = ({ InputPayload = '{}' }: { readonly InputPayload?: string }): Goal =>
  JSON.parse(InputPayload);

/** Returns a goal without passwords. Goals that an earlier release has stored can have them. */
export const withoutSecrets = <G extends Pick<Goal, 'Members'>>(goal: G): G => ({
  ...goal,
  Members: goal.Members.map(({ AuthToken: _, ...member }) => member),
});

/** Returns the digest of the desired state of a goal, without its origin. */
export function digestOf(goal: Goal): string {
  const { Kind, GlobalReplicationGroupId, Members, OnFailure, TokenRotation, MaxLagSeconds, Drill, Evacuation } = goal;
  const rotation = TokenRotation && { ...TokenRotation, ModifiedBefore: undefined }; // a part of the origin
  const evacuation = Evacuation && { From: Evacuation.FromRegion, DetachAfter: Evacuation.DetachAfterSeconds };
  const wanted = { Kind, GlobalReplicationGroupId, Members, OnFailure, rotation, MaxLagSeconds, Drill, evacuation };
  return createHash('sha256').update(canonicalJson(wanted)).digest('base64url');
}
