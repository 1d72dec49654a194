import { DescribeUserGroupsCommand, type UserGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { Problem } from '../problems/problem.ts';

/** Returns a user group. Throws `UserGroupNotFoundFault` if it does not exist in the region. */
export async function findUserGroup(signal: AbortSignal, region: string, UserGroupId: string): Promise<UserGroup> {
  const { UserGroups } = await elastiCache(signal, region).send(new DescribeUserGroupsCommand({ UserGroupId }));
  const [group] = UserGroups ?? [];
  if (group) return group;
  throw new Problem('UpstreamAnswerInvalid', `The response has no user group ${UserGroupId}.`);
}
