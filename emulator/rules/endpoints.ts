import { createHash } from 'node:crypto';
import type { Endpoint } from '@aws-sdk/client-elasticache';
import { endpointDomainOf, shortRegionNameOf } from '../protocol/regions.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

type EndpointOwner = Pick<StoredReplicationGroup, 'id' | 'region' | 'port' | 'transitEncryption'>;

/**
 * Returns the configuration endpoint of a replication group with cluster mode. All addresses here follow the samples of
 * awscli and the ElastiCache user guide. No server listens on them.
 */
export function configurationEndpointOf(store: Store, group: EndpointOwner): Endpoint {
  const name = group.transitEncryption
    ? `clustercfg.${group.id}.${computeHash(store)}`
    : `${group.id}.${computeHash(store)}.clustercfg`;
  return buildEndpoint(group, name);
}

/** Returns the primary or reader endpoint of a replication group without cluster mode. */
export function replicationGroupEndpointOf(store: Store, group: EndpointOwner, kind: 'primary' | 'reader'): Endpoint {
  if (group.transitEncryption)
    return buildEndpoint(group, `${kind === 'primary' ? 'master' : 'replica'}.${group.id}.${computeHash(store)}`);
  return buildEndpoint(group, `${group.id}${kind === 'primary' ? '' : '-ro'}.${computeHash(store)}.ng.0001`);
}

export function nodeEndpointOf(store: Store, group: EndpointOwner, nodeId: string): Endpoint {
  if (group.transitEncryption) return buildEndpoint(group, `${nodeId}.${group.id}.${computeHash(store)}`);
  return buildEndpoint(group, `${nodeId}.${computeHash(store)}.0001`);
}

function buildEndpoint(group: EndpointOwner, name: string): Endpoint {
  return { Address: `${name}.${shortRegionNameOf(group.region)}.${endpointDomainOf(group.region)}`, Port: group.port };
}

/** Returns six characters that all endpoints of an account in a region share. */
function computeHash(store: Store): string {
  const digest = createHash('sha1').update(`${store.account}/${store.region}`).digest();
  return [...digest.subarray(0, 6)].map((byte) => (byte % 36).toString(36)).join('');
}
