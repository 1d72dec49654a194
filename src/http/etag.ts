import { createHash } from 'node:crypto';
import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { canonicalJson } from '../lib/canonicalJson.ts';

/**
 * Computes a strong entity tag of a datastore (RFC 9110 §8.8.3), independent of the order of its members. AWS has no version that
 * a change could be conditional on, so another change may occur between the comparison and the change.
 */
export function computeEtag(group: GlobalReplicationGroup): string {
  const Members = [...(group.Members ?? [])].sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
  return `"${createHash('sha256')
    .update(canonicalJson({ ...group, Members }))
    .digest('base64url')
    .slice(0, 27)}"`;
}

const sortKeyOf = (member: { ReplicationGroupRegion?: string; ReplicationGroupId?: string }) =>
  `${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`;

/** Returns whether an `If-Match` or `If-None-Match` header has this entity tag or `*`. */
export const matchesEtag = (header: string, etag: string): boolean =>
  header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag === etag);
