import { config } from '../config.ts';
import { partitionOf } from '../datastores/eligibility.ts';
import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { checkRegion } from './commonChecks.ts';

/** What a new member has to fit: the datastore, or the replication group that becomes its primary. */
export interface InheritedSettings {
  readonly ClusterEnabled?: boolean;
  readonly AuthTokenEnabled?: boolean;
  /** The region of the primary. */
  readonly home?: string;
}

/** Whether a replication group of this name can be made in its region; `place` points at the member in the body. */
export async function checkCreatable(signal: AbortSignal, member: MemberRequest, place = '#'): Promise<Check[]> {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = member;
  const taken = isFound(await lookup(findReplicationGroup(signal, region, id)));
  return [
    checkRegion(region, `${place}/ReplicationGroupRegion`),
    checkRule(
      'id-free',
      taken === undefined ? undefined : !taken,
      { pass: `No replication group in ${region} is called ${id}.`, fail: `${id} exists in ${region} already.` },
      `${place}/ReplicationGroupId`,
    ),
  ];
}

/** Whether it fits the others. */
export const checkCompatible = (member: MemberRequest, others: InheritedSettings, place = '#'): Check[] => [
  checkPartition(member, others, `${place}/ReplicationGroupRegion`),
  checkNodeCounts(member, others, place),
  checkAuthToken(member, others, `${place}/AuthToken`),
];

function checkPartition(
  { ReplicationGroupRegion: region }: MemberRequest,
  { home }: InheritedSettings,
  place: string,
): Check {
  return checkRule(
    'same-partition',
    home === undefined ? undefined : partitionOf(home) === partitionOf(region),
    {
      pass: 'It is in the partition of the primary.',
      fail: `${region} is in the partition ${partitionOf(region)}, the primary's region ${home} is not.`,
      unknown: 'The datastore shows no primary.',
    },
    place,
  );
}

/** ElastiCache API reference: NumCacheClusters goes with one node group only, ReplicasPerNodeGroup with any number. */
function checkNodeCounts(
  { NumCacheClusters }: MemberRequest,
  { ClusterEnabled }: InheritedSettings,
  place: string,
): Check {
  return checkRule(
    'nodes-fit-cluster-mode',
    ClusterEnabled === undefined ? undefined : !ClusterEnabled || NumCacheClusters === undefined,
    {
      pass: `Cluster mode is ${ClusterEnabled ? 'enabled' : 'disabled'}.`,
      fail: 'Cluster mode is enabled: use ReplicasPerNodeGroup instead of NumCacheClusters.',
    },
    `${place}/NumCacheClusters`,
  );
}

/** Whether AWS demands the password again for a secondary is not documented. */
function checkAuthToken({ AuthToken }: MemberRequest, { AuthTokenEnabled }: InheritedSettings, place: string): Check {
  const words = {
    pass: AuthTokenEnabled ? 'The password is given.' : 'The datastore has no password.',
    fail: 'The datastore has no password: leave out AuthToken.',
    unknown: 'The datastore has a password and AuthToken is left out; AWS may ask for it.',
  };
  const holds = AuthTokenEnabled ? (AuthToken === undefined ? undefined : true) : AuthToken === undefined;
  return checkRule('auth-token', holds, words, place);
}

type CreateBody = ApiRequest<typeof createGlobalDatastore>['body'];

/** Whether the secondaries of a new datastore can be made, as far as it can be told before the datastore is there. */
export async function checkSecondaries(signal: AbortSignal, body: CreateBody): Promise<Check[]> {
  const { PrimaryReplicationGroupRegion: home = config.region, PrimaryReplicationGroupId: id, Secondaries = [] } = body;
  if (Secondaries.length === 0) return [];
  const primary = foundValue(await lookup(findReplicationGroup(signal, home, id)));
  const checks = await Promise.all(
    Secondaries.map(async (member, index) => {
      const place = `#/Secondaries/${index}`;
      return [
        ...(await checkCreatable(signal, member, place)),
        ...(primary ? checkCompatible(member, { ...primary, home }, place) : []),
      ];
    }),
  );
  return checks.flat();
}

/** The secondaries of a new datastore in words, as its plan goes on. */
export const describeSecondaries = ({ Secondaries = [] }: CreateBody): string[] =>
  Secondaries.map(
    ({ ReplicationGroupRegion: region, ReplicationGroupId: id }) =>
      `Make ${region}/${id} as a secondary (CreateReplicationGroup in ${region}).`,
  );
