import type { CreateCacheSubnetGroupMessage, CreateCacheSubnetGroupResult } from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { viewSubnetGroup } from '../responses/subnetGroup.ts';
import { readTags } from '../rules/parameterValidation.ts';
import { findSubnetGroup, listSubnetGroups, zoneOfSubnet } from '../rules/subnetGroups.ts';
import type { Store } from '../state/store.ts';

/**
 * Creates a subnet group in the caller's region. The emulator has no VPC: every id that looks like one of a subnet is a
 * subnet of one VPC (simplified).
 */
export function CreateCacheSubnetGroup(
  store: Store,
  input: CreateCacheSubnetGroupMessage,
): CreateCacheSubnetGroupResult {
  const name = readName(input.CacheSubnetGroupName);
  const subnetIds = readSubnetIds(input.SubnetIds);
  const tags = readTags(store, input.Tags);
  if (findSubnetGroup(store, name))
    // seen in floci-io/floci#2401
    throw new Fault('CacheSubnetGroupAlreadyExistsFault', `Cache subnet group ${name} already exists.`);
  assertWithinQuotas(store, subnetIds);

  const group = {
    name,
    region: store.region,
    description: input.CacheSubnetGroupDescription ?? '',
    subnets: subnetIds.map((id) => ({ id, zone: zoneOfSubnet(store, id) })),
    tags,
  };
  store.accountState.subnetGroups[`${store.region}/${name}`] = group;
  return { CacheSubnetGroup: viewSubnetGroup(store, group) };
}

/** Returns the name in lower case, as it is stored (ElastiCache API reference). Text seen in terraform-aws-vpc#193. */
function readName(name = ''): string {
  if (!/^[a-z0-9-]{1,255}$/i.test(name))
    throw invalidValue('The parameter CacheSubnetGroupName is not a valid identifier.');
  return name.toLowerCase();
}

/** Returns the subnets, each once. Texts seen in terraform#2534 and openedx-unsupported/configuration#313. */
function readSubnetIds(ids: string[] = []): string[] {
  if (ids.length === 0) throw invalidValue('The parameter SubnetIds must be provided.');
  const invalid = ids.filter((id) => !/^subnet-[a-z0-9]+$/.test(id));
  if (invalid.length > 0) throw invalidValue(`Some input subnets in :[${invalid.join(', ')}] are invalid.`);
  return [...new Set(ids)];
}

/** Asserts the quotas (AWS General Reference, ElastiCache quotas). unverified: texts. */
function assertWithinQuotas(store: Store, subnetIds: string[]): void {
  const { subnetGroups, subnets } = store.options.quotas;
  if (listSubnetGroups(store).length >= subnetGroups)
    throw new Fault('CacheSubnetGroupQuotaExceededFault', `At most ${subnetGroups} cache subnet groups per region.`);
  if (subnetIds.length > subnets)
    throw new Fault('CacheSubnetQuotaExceededFault', `At most ${subnets} subnets in a cache subnet group.`);
}
