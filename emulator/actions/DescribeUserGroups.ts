import type { DescribeUserGroupsMessage, DescribeUserGroupsResult, UserGroup } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { paginate } from '../protocol/paging.ts';
import type { Store } from '../state/store.ts';

/**
 * Returns the user groups of the options, or the one with the given id. They are the same in every region (simplified).
 * unverified: the engine and the users.
 */
export function DescribeUserGroups(
  store: Store,
  { UserGroupId, ...page }: DescribeUserGroupsMessage,
): DescribeUserGroupsResult {
  const ids = Object.keys(store.options.existing.userGroups).sort();
  if (UserGroupId !== undefined && !ids.includes(UserGroupId))
    throw new Fault('UserGroupNotFoundFault', `User group ${UserGroupId} not found.`);
  const { items, Marker } = paginate(
    () => (UserGroupId === undefined ? ids : [UserGroupId]),
    (id) => id,
    page,
  );
  return { Marker, UserGroups: items.map((id) => viewUserGroup(store, id)) };
}

function viewUserGroup(store: Store, UserGroupId: string): UserGroup {
  return {
    UserGroupId,
    Status: store.options.existing.userGroups[UserGroupId],
    Engine: 'valkey',
    UserIds: ['default'],
    ReplicationGroups: store
      .listReplicationGroups()
      .filter(({ userGroupIds }) => userGroupIds.includes(UserGroupId))
      .map(({ id }) => id),
    ARN: `arn:${store.partition}:elasticache:${store.region}:${store.account}:usergroup:${UserGroupId}`,
  };
}
