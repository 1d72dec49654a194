import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import type { addMemberRequest } from '../schemas/addMember.ts';

/** Which replication group: ids are unique within a region only. Ids are in lower case, as ElastiCache stores them. */
export interface MemberKey {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
}

/** A member as it is wanted; the settings count where it has to be made. */
export type WantedMember = Omit<FromSchema<typeof addMemberRequest>, 'ReplicationGroupId' | 'ReplicationGroupRegion'> &
  MemberKey & { readonly Role: 'PRIMARY' | 'SECONDARY' };

/** What a run is to bring about: the input of the durable function. */
export interface Goal {
  readonly Kind: 'CREATE' | 'APPLY' | 'DELETE';
  readonly GlobalReplicationGroupId: string;
  /** Who shall be a member at the end, one of them the primary. Empty: no datastore either. */
  readonly Members: readonly WantedMember[];
  /** Who was a member when the wish was accepted: by them the datastore is known again, and no other is ever detached. */
  readonly Known: readonly MemberKey[];
  /** What becomes of a datastore whose secondaries could not all be made. */
  readonly OnFailure: 'keep' | 'teardown';
  /** Whose wish it is. */
  readonly RequestedBy?: string;
  /** What callers know the run as. */
  readonly OperationId?: string;
}

/** The input of the durable function, with its version. A later version reads this one. */
export interface StoredGoal extends Goal {
  readonly v: 1;
}

/** What was seen of AWS. */
export interface ActualState {
  /** The datastore with its members; undefined when every region says that there is none. */
  readonly datastore?: ObservedDatastore;
  /** By `memberName`: the replication groups that have the names of members which are wanted and have not joined. */
  readonly groups: Readonly<Record<string, ObservedGroup>>;
}

export interface ObservedDatastore {
  readonly Status: string;
  readonly Members: readonly ObservedMember[];
  /** A region that knows it, where calls about it can go. */
  readonly Region: string;
}

export type ObservedMember = MemberKey & Pick<GlobalReplicationGroupMember, 'Role' | 'Status'>;

export interface ObservedGroup {
  readonly Status: string;
  /** The datastore that it belongs to, if any. */
  readonly GlobalReplicationGroupId?: string;
}

/** A member in words, such as `eu-west-1/orders-euw1`. */
export const memberName = ({ ReplicationGroupRegion, ReplicationGroupId }: MemberKey): string =>
  `${ReplicationGroupRegion}/${ReplicationGroupId}`;

/** Whether two are the same replication group. */
export const isSameMember = (a: MemberKey, b: MemberKey): boolean => memberName(a) === memberName(b);

/** Whether a member is among others. */
export const includesMember = (members: readonly MemberKey[], member: MemberKey): boolean =>
  members.some((other) => isSameMember(other, member));

/** The goal of a run that takes everything apart again. */
export const asTeardown = (goal: Goal): Goal => ({ ...goal, Kind: 'DELETE', Members: [] });
