import type { CacheSubnetGroup } from '@aws-sdk/client-elasticache';
import { type SubnetGroup, vpcIdOf } from '../rules/subnetGroups.ts';
import type { Store } from '../state/store.ts';

/** Returns a subnet group as AWS does. All networks are IPv4 (simplified). */
export function viewSubnetGroup(store: Store, group: SubnetGroup): CacheSubnetGroup {
  return {
    CacheSubnetGroupName: group.name,
    CacheSubnetGroupDescription: group.description,
    VpcId: vpcIdOf(store),
    Subnets: group.subnets.map(({ id, zone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: zone },
      SupportedNetworkTypes: ['ipv4'],
    })),
    ARN: `arn:${store.partition}:elasticache:${store.region}:${store.account}:subnetgroup:${group.name}`,
    SupportedNetworkTypes: ['ipv4'],
  };
}
