import { extendedSupportOf, nodeTypeSupport, supportedRegions } from '../datastores/eligibility.ts';
import { findGlobalDatastore, formatMembers, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findMember, type MemberPath } from '../datastores/members.ts';
import { type Check, checkRule } from '../problems/check.ts';

/**
 * Finds the datastore of a request and checks that it exists. `first` is the region to read first, `region` one that accepts
 * calls.
 */
export async function checkExists(signal: AbortSignal, id: string, first?: string) {
  const result = await lookup(findGlobalDatastore(signal, id, first));
  const { GlobalReplicationGroup: group, region } = foundValue(result) ?? {};
  const check = checkRule('datastore-exists', isFound(result), {
    pass: `${id} exists. Members are ${formatMembers(group ?? {})}.`,
    fail: result.is === 'found' ? '' : result.detail,
  });
  return { group, region, exists: check };
}

/** Checks that the datastore has one of these statuses. AWS accepts one change at a time. */
export function checkStatus(group: GlobalDatastore, statuses: readonly string[]): Check {
  return checkRule('datastore-state', statuses.includes(group.Status), {
    pass: `The datastore is ${group.Status}.`,
    fail: `The datastore is ${group.Status}. Wait until it is ${statuses.join(' or ')}. Members are ${formatMembers(group)}.`,
  });
}

/** Checks that the datastore has node groups to change. */
export const checkClusterMode = ({ ClusterEnabled }: GlobalDatastore): Check =>
  checkRule('cluster-mode', ClusterEnabled, {
    pass: 'Cluster mode is enabled.',
    fail: 'Cluster mode is disabled. The datastore has no node groups to change.',
  });

/** Checks that a path names a member of the datastore. */
export function checkIsMember(group: GlobalDatastore, path: MemberPath): Check {
  const member = `${path.ReplicationGroupRegion}/${path.ReplicationGroupId}`;
  return checkRule('is-member', findMember(group, path) !== undefined, {
    pass: `${member} is a member.`,
    fail: `${member} is not a member. Members are ${formatMembers(group)}.`,
  });
}

/** Checks that the region supports global datastores. */
export const checkRegion = (region: string, pointer: string): Check =>
  checkRule(
    'region-supported',
    Object.hasOwn(supportedRegions, region),
    {
      pass: `${region} supports global datastores.`,
      fail: `${region} does not support global datastores.`,
    },
    pointer,
  );

/** Checks that global datastores support the node type. A family that AWS lists only in its newest guide is a warning. */
export function checkNodeType(nodeType: string | undefined, pointer: string): Check {
  const support = nodeType === undefined ? 'unknown' : nodeTypeSupport(nodeType);
  return checkRule(
    'node-type-supported',
    isSupported[support],
    {
      pass: `${nodeType} is supported.`,
      fail: `${nodeType} is not supported. Use the family M5, M6g, M7g, R5, R6g, R6gd, R7g or C7gn in size large or larger.`,
      ...(support === 'newer' && { unknown: `AWS does not list ${nodeType} in every guide and region. AWS decides.` }),
    },
    pointer,
  );
}

const isSupported = { listed: true, newer: undefined, unknown: undefined, unsupported: false } as const;

/** Warns of an engine version that AWS charges for, from a date that is announced. Returns no check for any other version. */
export function checkExtendedSupport(engine: string, version: string, pointer?: string): Check[] {
  const support = extendedSupportOf(engine, version);
  if (!support) return [];
  const Detail = `${engine} ${version} is in extended support from ${support.from}, which AWS charges for, until ${support.until}. Plan an upgrade to valkey.`;
  return [{ Id: 'engine-in-extended-support', Outcome: 'warn', Detail, ...(pointer && { Pointer: pointer }) }];
}
