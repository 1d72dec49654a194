import { createHash } from 'node:crypto';
import type { Endpoint } from '@aws-sdk/client-elasticache';
import type { Store } from '../state/store.ts';
import { domainOf, shortName } from './regions.ts';
import type { StoredReplicationGroup } from './replicationGroup.ts';

/** Addresses as in the samples of awscli and the ElastiCache user guide; nothing listens there. */

type Addressed = Pick<StoredReplicationGroup, 'id' | 'region' | 'port' | 'transitEncryption'>;

/** The one endpoint of a group with cluster mode. */
export function configurationEndpoint(store: Store, group: Addressed): Endpoint {
  const name = group.transitEncryption
    ? `clustercfg.${group.id}.${hash(store)}`
    : `${group.id}.${hash(store)}.clustercfg`;
  return endpoint(group, name);
}

/** The endpoint that follows the primary node, or spreads over the replicas, without cluster mode. */
export function groupEndpoint(store: Store, group: Addressed, kind: 'primary' | 'reader'): Endpoint {
  if (group.transitEncryption)
    return endpoint(group, `${kind === 'primary' ? 'master' : 'replica'}.${group.id}.${hash(store)}`);
  return endpoint(group, `${group.id}${kind === 'primary' ? '' : '-ro'}.${hash(store)}.ng.0001`);
}

export function nodeEndpoint(store: Store, group: Addressed, nodeId: string): Endpoint {
  if (group.transitEncryption) return endpoint(group, `${nodeId}.${group.id}.${hash(store)}`);
  return endpoint(group, `${nodeId}.${hash(store)}.0001`);
}

function endpoint(group: Addressed, name: string): Endpoint {
  return { Address: `${name}.${shortName(group.region)}.${domainOf(group.region)}`, Port: group.port };
}

/** Six characters that are the same for all endpoints of an account in a region. */
function hash(store: Store): string {
  const digest = createHash('sha1').update(`${store.account}/${store.region}`).digest();
  return [...digest.subarray(0, 6)].map((byte) => (byte % 36).toString(36)).join('');
}
