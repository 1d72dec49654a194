import type { Store } from '../state/store.ts';
import { AddTagsToResource } from './AddTagsToResource.ts';
import { CreateCacheParameterGroup } from './CreateCacheParameterGroup.ts';
import { CreateCacheSubnetGroup } from './CreateCacheSubnetGroup.ts';
import { CreateGlobalReplicationGroup } from './CreateGlobalReplicationGroup.ts';
import { CreateReplicationGroup } from './CreateReplicationGroup.ts';
import { DecreaseNodeGroupsInGlobalReplicationGroup } from './DecreaseNodeGroupsInGlobalReplicationGroup.ts';
import { DecreaseReplicaCount } from './DecreaseReplicaCount.ts';
import { DeleteCacheParameterGroup } from './DeleteCacheParameterGroup.ts';
import { DeleteCacheSubnetGroup } from './DeleteCacheSubnetGroup.ts';
import { DeleteGlobalReplicationGroup } from './DeleteGlobalReplicationGroup.ts';
import { DeleteReplicationGroup } from './DeleteReplicationGroup.ts';
import { DescribeCacheClusters } from './DescribeCacheClusters.ts';
import { DescribeCacheEngineVersions } from './DescribeCacheEngineVersions.ts';
import { DescribeCacheParameterGroups } from './DescribeCacheParameterGroups.ts';
import { DescribeCacheParameters } from './DescribeCacheParameters.ts';
import { DescribeCacheSubnetGroups } from './DescribeCacheSubnetGroups.ts';
import { DescribeGlobalReplicationGroups } from './DescribeGlobalReplicationGroups.ts';
import { DescribeReplicationGroups } from './DescribeReplicationGroups.ts';
import { DescribeUserGroups } from './DescribeUserGroups.ts';
import { DisassociateGlobalReplicationGroup } from './DisassociateGlobalReplicationGroup.ts';
import { FailoverGlobalReplicationGroup } from './FailoverGlobalReplicationGroup.ts';
import { IncreaseNodeGroupsInGlobalReplicationGroup } from './IncreaseNodeGroupsInGlobalReplicationGroup.ts';
import { IncreaseReplicaCount } from './IncreaseReplicaCount.ts';
import { ListAllowedNodeTypeModifications } from './ListAllowedNodeTypeModifications.ts';
import { ListTagsForResource } from './ListTagsForResource.ts';
import { ModifyCacheParameterGroup } from './ModifyCacheParameterGroup.ts';
import { ModifyGlobalReplicationGroup } from './ModifyGlobalReplicationGroup.ts';
import { ModifyReplicationGroup } from './ModifyReplicationGroup.ts';
import { RebalanceSlotsInGlobalReplicationGroup } from './RebalanceSlotsInGlobalReplicationGroup.ts';
import { RemoveTagsFromResource } from './RemoveTagsFromResource.ts';

/** All actions of the emulator, by AWS's names. */
export const actions = {
  CreateGlobalReplicationGroup,
  DescribeGlobalReplicationGroups,
  ModifyGlobalReplicationGroup,
  DeleteGlobalReplicationGroup,
  DisassociateGlobalReplicationGroup,
  FailoverGlobalReplicationGroup,
  IncreaseNodeGroupsInGlobalReplicationGroup,
  DecreaseNodeGroupsInGlobalReplicationGroup,
  RebalanceSlotsInGlobalReplicationGroup,
  CreateReplicationGroup,
  DescribeReplicationGroups,
  ModifyReplicationGroup,
  DeleteReplicationGroup,
  IncreaseReplicaCount,
  DecreaseReplicaCount,
  DescribeCacheClusters,
  DescribeCacheEngineVersions,
  ListAllowedNodeTypeModifications,
  CreateCacheParameterGroup,
  DescribeCacheParameterGroups,
  DescribeCacheParameters,
  ModifyCacheParameterGroup,
  DeleteCacheParameterGroup,
  CreateCacheSubnetGroup,
  DescribeCacheSubnetGroups,
  DeleteCacheSubnetGroup,
  DescribeUserGroups,
  ListTagsForResource,
  AddTagsToResource,
  RemoveTagsFromResource,
};

/** An action. Its input has been parsed by the schema of its operation and has the matching type. */
export type Action = (store: Store, input: Record<string, unknown>) => object;

export function findAction(action: string): Action | undefined {
  return Object.hasOwn(actions, action) ? (actions[action as keyof typeof actions] as Action) : undefined;
}
