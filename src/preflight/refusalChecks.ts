import type { Code } from '../problems/problemTypes.ts';

/** The check of a setting that AWS has refused. */
interface RefusedSetting {
  readonly Id: string;
  readonly Detail: string;
  readonly Pointer?: string;
}

/**
 * The checks that a code of AWS decides, where a dry run can only warn or could not read its data. The place is that in the
 * body of a request for one change: an operation is refused before it starts.
 */
export const refusalChecks: { readonly [C in Code]?: RefusedSetting } = {
  CacheParameterGroupNotFoundFault: {
    Id: 'parameter-group-exists',
    Detail: 'AWS does not find the parameter group in the region.',
    Pointer: '#/CacheParameterGroupName',
  },
  CacheSubnetGroupNotFoundFault: {
    Id: 'subnet-group-exists',
    Detail: 'AWS does not find the subnet group in the region of the member.',
    Pointer: '#/CacheSubnetGroupName',
  },
  UserGroupNotFoundFault: {
    Id: 'user-group-usable',
    Detail: 'AWS does not find the user group in the region of the member.',
    Pointer: '#/UserGroupIds',
  },
  InvalidUserGroupStateFault: {
    Id: 'user-group-usable',
    Detail: 'The user group is not active.',
    Pointer: '#/UserGroupIds',
  },
  InvalidVPCNetworkStateFault: {
    Id: 'subnet-group-usable',
    Detail: 'The VPC of the subnet group does not allow the change.',
    Pointer: '#/CacheSubnetGroupName',
  },
  ReplicationGroupAlreadyExistsFault: {
    Id: 'id-free',
    Detail: 'A replication group with this id exists in the region.',
    Pointer: '#/ReplicationGroupId',
  },
  GlobalReplicationGroupAlreadyExistsFault: {
    Id: 'suffix-free',
    Detail: 'A datastore with this suffix exists.',
    Pointer: '#/GlobalReplicationGroupIdSuffix',
  },
  ClusterQuotaForCustomerExceededFault: { Id: 'node-quota', Detail: 'The account has a lower quota of clusters.' },
  NodeQuotaForClusterExceededFault: { Id: 'node-quota', Detail: 'The account has a lower quota of nodes per cluster.' },
  NodeQuotaForCustomerExceededFault: { Id: 'node-quota', Detail: 'The account has a lower quota of nodes per region.' },
  NodeGroupsPerReplicationGroupQuotaExceededFault: {
    Id: 'node-quota',
    Detail: 'The account has a lower quota of node groups.',
  },
  TagQuotaPerResourceExceeded: {
    Id: 'tag-quota',
    Detail: 'The replication group would have too many tags.',
    Pointer: '#/Tags',
  },
};
