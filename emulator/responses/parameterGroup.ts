import type { CacheParameterGroup } from '@aws-sdk/client-elasticache';
import type { ParameterGroup } from '../rules/parameterGroups.ts';
import type { Store } from '../state/store.ts';

/** Returns a parameter group as AWS does, without its parameters. */
export function viewParameterGroup(store: Store, group: ParameterGroup): CacheParameterGroup {
  return {
    CacheParameterGroupName: group.name,
    CacheParameterGroupFamily: group.family,
    Description: group.description,
    IsGlobal: group.global,
    ARN: `arn:${store.partition}:elasticache:${store.region}:${store.account}:parametergroup:${group.name}`,
  };
}
