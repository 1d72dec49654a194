import { createHash } from 'node:crypto';
import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredSubnetGroup } from '../state/types.ts';

export type SubnetGroup = Omit<StoredSubnetGroup, 'region'>;

/**
 * Returns a subnet group of this region. Names are case-insensitive (unverified).
 * @throws Fault CacheSubnetGroupNotFoundFault
 */
export function getSubnetGroup(store: Store, name: string): SubnetGroup {
  const group = findSubnetGroup(store, name);
  if (group) return group;
  throw new Fault('CacheSubnetGroupNotFoundFault', `Cache Subnet Group ${name} does not exist.`);
}

export function findSubnetGroup(store: Store, name: string): SubnetGroup | undefined {
  return listSubnetGroups(store).find((group) => group.name.toLowerCase() === name.toLowerCase());
}

/** Returns the subnet groups of this region, ordered by name. Those of the options are in every region. */
export function listSubnetGroups(store: Store): SubnetGroup[] {
  const created = Object.values(store.accountState.subnetGroups).filter(({ region }) => region === store.region);
  const existing = store.options.existing.subnetGroups.map((name) => describeExisting(store, name));
  return [...existing, ...created].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns a created subnet group of this region. Those of the options are not stored. */
export function findStoredSubnetGroup(store: Store, name: string): StoredSubnetGroup | undefined {
  const { subnetGroups } = store.accountState;
  const key = `${store.region}/${name}`;
  return Object.hasOwn(subnetGroups, key) ? subnetGroups[key] : undefined;
}

/** Returns the VPC of a region. All subnets are in it (simplified). */
export function vpcIdOf(store: Store): string {
  return `vpc-${hexDigits(`${store.account}/${store.region}`)}`;
}

/** Returns the zone of a subnet: one of a, b and c, always the same. On AWS it is the zone of the EC2 subnet. */
export function zoneOfSubnet(store: Store, subnetId: string): string {
  const [digit = 0] = createHash('sha1').update(subnetId).digest();
  return `${store.region}${ZONES.charAt(digit % ZONES.length)}`;
}

const ZONES = 'abc';

/** Returns a subnet group of the options with one subnet for each zone. */
function describeExisting(store: Store, name: string): SubnetGroup {
  return {
    name,
    description: name === 'default' ? 'Default CacheSubnetGroup' : `Subnet group ${name} of the emulator options`,
    subnets: [...ZONES].map((zone) => ({
      id: `subnet-${hexDigits(`${store.account}/${store.region}/${zone}`)}`,
      zone: `${store.region}${zone}`,
    })),
  };
}

function hexDigits(seed: string): string {
  return createHash('sha1').update(seed).digest('hex').slice(0, 17);
}
