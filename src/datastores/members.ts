import type { GlobalReplicationGroup, GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { Problem } from '../problems/problem.ts';
import { formatMembers } from './globalDatastore.ts';

/** The member that the path of a request names. */
export interface MemberPath {
  readonly ReplicationGroupRegion: string;
  readonly ReplicationGroupId: string;
}

/** Returns the member of a datastore that a path names, if there is one. */
export const findMember = (
  datastore: GlobalReplicationGroup | undefined,
  { ReplicationGroupRegion, ReplicationGroupId }: MemberPath,
): GlobalReplicationGroupMember | undefined =>
  datastore?.Members?.find(
    (member) =>
      member.ReplicationGroupRegion === ReplicationGroupRegion &&
      member.ReplicationGroupId === ReplicationGroupId.toLowerCase(),
  );

/** Throws `MemberNotFound` with all members unless a path names one of them. */
export function assertIsMember(datastore: GlobalReplicationGroup, path: MemberPath): void {
  if (findMember(datastore, path)) return;
  const member = `${path.ReplicationGroupRegion}/${path.ReplicationGroupId}`;
  throw new Problem('MemberNotFound', `${member} is not a member. Members are ${formatMembers(datastore)}.`);
}
