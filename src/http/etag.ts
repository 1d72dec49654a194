import { createHash } from 'node:crypto';
import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { canonicalJson } from '../lib/canonicalJson.ts';

/**
 * Computes a strong entity tag of a datastore (RFC 9110 §8.8.3), independent of the order of its members. AWS has no version that
 * a change could be conditional on, so another change may occur between the comparison and the change.
 */
export const computeEtag = (group: GlobalReplicationGroup): string => hash(sortMembers(group));

/** Computes a strong entity tag of an operation as it is shown, independent of the order of the members of its datastore. */
export const computeOperationEtag = ({ Actual, ...operation }: { readonly Actual?: GlobalReplicationGroup }): string =>
  hash({ ...operation, Actual: Actual && sortMembers(Actual) });

const hash = (value: object): string =>
  `"${createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 27)}"`;

const sortMembers = ({ Members = [], ...group }: GlobalReplicationGroup): GlobalReplicationGroup => ({
  ...group,
  Members: [...Members].sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1)),
});

const sortKeyOf = (member: { ReplicationGroupRegion?: string; ReplicationGroupId?: string }) =>
  `${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`;

/** Returns whether an `If-Match` header has this entity tag or `*`. */
export const matchesEtag = (header: string, etag: string): boolean =>
  header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag === etag);

/** Returns whether an `If-None-Match` header has this entity tag or `*`. The comparison is weak (RFC 9110 §13.1.2). */
export const isNotModified = (ifNoneMatch: string, etag: string): boolean =>
  matchesEtag(ifNoneMatch.replaceAll('W/', ''), etag);
