import { createHash } from 'node:crypto';
import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { canonicalJson } from '../lib/canonicalJson.ts';

/**
 * A strong entity tag of a datastore (RFC 9110 §8.8.3). The order of members means nothing and does not count. AWS has no
 * version to check against, so between a check and the change that follows another change may slip in.
 */
export function computeEtag(group: GlobalReplicationGroup): string {
  const Members = [...(group.Members ?? [])].sort((a, b) => (memberKey(a) < memberKey(b) ? -1 : 1));
  return `"${createHash('sha256')
    .update(canonicalJson({ ...group, Members }))
    .digest('base64url')
    .slice(0, 27)}"`;
}

const memberKey = (member: { ReplicationGroupRegion?: string; ReplicationGroupId?: string }) =>
  `${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`;

/** Whether one of the tags in an `If-Match` or `If-None-Match` header is this one; `*` is any. */
export const matchesEtag = (header: string, etag: string): boolean =>
  header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag === etag);
