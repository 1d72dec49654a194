import { createHash } from 'node:crypto';
import type { Endpoint } from '@aws-sdk/client-elasticache';
import { endpointDomainOf, shortRegionNameOf } from '../protocol/regions.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

type EndpointOwner = Pick<StoredReplicationGroup, 'id' | 'region' | 'port' | 'transitEncryption' | 'shards' | 'ports'>;

/** The name of the port of a configuration endpoint. Other ports have the name of their node group. */
export const CONFIGURATION = 'configuration';

/**
 * Returns the configuration endpoint of a replication group with cluster mode. All addresses here follow the samples of
 * awscli and the ElastiCache user guide. No server listens on them. With a data plane they are local ports of servers.
 */
export function configurationEndpointOf(store: Store, group: EndpointOwner): Endpoint {
  const name = group.transitEncryption
    ? `clustercfg.${group.id}.${computeHash(store)}`
    : `${group.id}.${computeHash(store)}.clustercfg`;
  return buildEndpoint(store, group, name, CONFIGURATION);
}

/** Returns the primary or reader endpoint of a replication group without cluster mode. */
export function replicationGroupEndpointOf(store: Store, group: EndpointOwner, kind: 'primary' | 'reader'): Endpoint {
  const name = group.transitEncryption
    ? `${kind === 'primary' ? 'master' : 'replica'}.${group.id}.${computeHash(store)}`
    : `${group.id}${kind === 'primary' ? '' : '-ro'}.${computeHash(store)}.ng.0001`;
  return buildEndpoint(store, group, name, group.shards[0]?.id ?? '');
}

/** Returns the endpoint of a node. All nodes of a node group share one server of the data plane. */
export function nodeEndpointOf(store: Store, group: EndpointOwner, nodeGroupId: string, nodeId: string): Endpoint {
  const name = group.transitEncryption
    ? `${nodeId}.${group.id}.${computeHash(store)}`
    : `${nodeId}.${computeHash(store)}.0001`;
  return buildEndpoint(store, group, name, nodeGroupId);
}

function buildEndpoint(store: Store, group: EndpointOwner, name: string, server: string): Endpoint {
  const local = store.dataPlane && group.ports?.[server];
  if (local !== undefined) return { Address: 'localhost', Port: local };
  return { Address: `${name}.${shortRegionNameOf(group.region)}.${endpointDomainOf(group.region)}`, Port: group.port };
}

/** Returns six characters that all endpoints of an account in a region share. */
function computeHash(store: Store): string {
  const digest = createHash('sha1').update(`${store.account}/${store.region}`).digest();
  return [...digest.subarray(0, 6)].map((byte) => (byte % 36).toString(36)).join('');
}
