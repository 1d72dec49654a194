import { config } from '../config.ts';
import { partitionOf } from '../datastores/eligibility.ts';
import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { checkAuthTokenSecret } from './authTokenSecret.ts';
import { checkRegion } from './commonChecks.ts';

/** The settings that a new member must be compatible with: of the datastore, or of its future primary. */
export interface InheritedSettings {
  readonly ClusterEnabled?: boolean;
  readonly AuthTokenEnabled?: boolean;
  /** The region of the primary. */
  readonly primaryRegion?: string;
}

/** Checks that the replication group can be created in its region. `pointer` locates the member in the body. */
export async function checkCreatable(signal: AbortSignal, member: MemberRequest, pointer = '#'): Promise<Check[]> {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = member;
  const [group, secrets] = await Promise.all([
    lookup(findReplicationGroup(signal, region, id)),
    checkAuthTokenSecret(signal, member.AuthTokenSecretArn, pointer),
  ]);
  const exists = isFound(group);
  return [
    checkRegion(region, `${pointer}/ReplicationGroupRegion`),
    checkRule(
      'id-free',
      exists === undefined ? undefined : !exists,
      { pass: `No replication group in ${region} is named ${id}.`, fail: `${id} already exists in ${region}.` },
      `${pointer}/ReplicationGroupId`,
    ),
    ...secrets,
  ];
}

/** Checks that a new member is compatible with the other members. */
export const checkCompatible = (member: MemberRequest, inherited: InheritedSettings, pointer = '#'): Check[] => [
  checkPartition(member, inherited, `${pointer}/ReplicationGroupRegion`),
  checkNodeCounts(member, inherited, pointer),
  checkAuthToken(member, inherited, pointer),
];

function checkPartition(
  { ReplicationGroupRegion: region }: MemberRequest,
  { primaryRegion }: InheritedSettings,
  pointer: string,
): Check {
  return checkRule(
    'same-partition',
    primaryRegion === undefined ? undefined : partitionOf(primaryRegion) === partitionOf(region),
    {
      pass: 'The region is in the partition of the primary.',
      fail: `${region} is in partition ${partitionOf(region)}. The region of the primary, ${primaryRegion}, is in another partition.`,
      unknown: 'The datastore shows no primary.',
    },
    pointer,
  );
}

/** Checks that NumCacheClusters is used only with one node group (ElastiCache API reference, CreateReplicationGroup). */
function checkNodeCounts(
  { NumCacheClusters }: MemberRequest,
  { ClusterEnabled }: InheritedSettings,
  pointer: string,
): Check {
  return checkRule(
    'nodes-fit-cluster-mode',
    ClusterEnabled === undefined ? undefined : !ClusterEnabled || NumCacheClusters === undefined,
    {
      pass: `Cluster mode is ${ClusterEnabled ? 'enabled' : 'disabled'}.`,
      fail: 'Cluster mode is enabled. Use ReplicasPerNodeGroup instead of NumCacheClusters.',
    },
    `${pointer}/NumCacheClusters`,
  );
}

/** Checks the password. unverified: AWS may require the password of the datastore for a new secondary. */
function checkAuthToken(
  { AuthToken, AuthTokenSecretArn }: MemberRequest,
  { AuthTokenEnabled }: InheritedSettings,
  pointer: string,
): Check {
  const name = AuthToken === undefined && AuthTokenSecretArn !== undefined ? 'AuthTokenSecretArn' : 'AuthToken';
  const isGiven = (AuthToken ?? AuthTokenSecretArn) !== undefined;
  const details = {
    pass: AuthTokenEnabled ? `${name} is present.` : 'The datastore has no password.',
    fail: `The datastore has no password. Leave out ${name}.`,
    unknown: 'The datastore has a password. AWS may require AuthToken or AuthTokenSecretArn.',
  };
  const holds = AuthTokenEnabled ? isGiven || undefined : !isGiven;
  return checkRule('auth-token', holds, details, `${pointer}/${name}`);
}

type CreateBody = ApiRequest<typeof createGlobalDatastore>['body'];

/** Checks that the secondaries of a new datastore can be created, as far as possible before the datastore exists. */
export async function checkSecondaries(signal: AbortSignal, body: CreateBody): Promise<Check[]> {
  const {
    PrimaryReplicationGroupRegion: primaryRegion = config.region,
    PrimaryReplicationGroupId: id,
    Secondaries = [],
  } = body;
  if (Secondaries.length === 0) return [];
  const primary = foundValue(await lookup(findReplicationGroup(signal, primaryRegion, id)));
  const checks = await Promise.all(
    Secondaries.map(async (member, index) => {
      const pointer = `#/Secondaries/${index}`;
      return [
        ...(await checkCreatable(signal, member, pointer)),
        ...(primary ? checkCompatible(member, { ...primary, primaryRegion }, pointer) : []),
      ];
    }),
  );
  return checks.flat();
}

/** Formats the plan steps that create the secondaries of a new datastore. */
export const describeSecondaries = ({ Secondaries = [] }: CreateBody): string[] =>
  Secondaries.map(
    ({ ReplicationGroupRegion: region, ReplicationGroupId: id }) =>
      `Create ${region}/${id} as a secondary (CreateReplicationGroup in ${region}).`,
  );
