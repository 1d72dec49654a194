import { withRegionTimeout } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { countNodes } from '../datastores/countNodes.ts';
import { formatGroupName, type GroupName } from '../datastores/describeGroups.ts';
import { partitionOf } from '../datastores/eligibility.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import {
  type InheritedSettings,
  inheritedFromPrimary,
  inheritedSettings,
  type PrimaryGroup,
} from '../datastores/inheritedSettings.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { findSubnetGroup } from '../datastores/subnetGroup.ts';
import { findUserGroup } from '../datastores/userGroup.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { checkAuthTokenSecret } from './authTokenSecret.ts';
import { checkRegion } from './commonChecks.ts';
import { checkProtection } from './encryptionChecks.ts';
import { checkPlacement, nodesOf } from './placementChecks.ts';
import { checkQuotas, checkReferences, type MemberRegion, subnetGroupOf } from './referenceChecks.ts';
import { checkTagKeys } from './tagChecks.ts';
import { checkNewWindows } from './windowChecks.ts';

/**
 * Reads the settings that a new member inherits: from the datastore, and from its primary at that time, if it can be read. A
 * primary that is not a member yet is not read.
 */
export async function readInherited(
  signal: AbortSignal,
  datastore: GlobalDatastore,
  primary: GroupName | undefined = datastore.Members?.find(({ Role }) => Role === 'PRIMARY'),
): Promise<InheritedSettings> {
  const isMember = datastore.Members?.some((member) => formatGroupName(member) === formatGroupName(primary ?? {}));
  return inheritedSettings(datastore, isMember ? await readPrimary(signal, primary) : undefined);
}

/** Returns a replication group. Undefined if it cannot be read. */
async function readPrimary(signal: AbortSignal, name: GroupName | undefined) {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = name ?? {};
  if (region === undefined || id === undefined) return undefined;
  return foundValue(await lookup(findReplicationGroup(withRegionTimeout(signal), region, id)));
}

/**
 * Checks that the replication group can be created in its region and join. `inherited` is undefined if the other members are
 * unknown. `pointer` locates the member in the body.
 */
export async function checkNewMember(
  signal: AbortSignal,
  member: MemberRequest,
  inherited: InheritedSettings | undefined | Promise<InheritedSettings | undefined>,
  pointer = '#',
): Promise<Check[]> {
  const [read, secrets, settings] = await Promise.all([
    readMemberRegion(signal, member),
    checkAuthTokenSecret(signal, member.AuthTokenSecretArn, pointer),
    inherited,
  ]);
  return [
    checkRegion(member.ReplicationGroupRegion, `${pointer}/ReplicationGroupRegion`),
    ...checkReferences(member, read, pointer),
    ...checkNewWindows(member, pointer),
    ...secrets,
    ...checkTagKeys(member.Tags, pointer),
    ...(settings ? checkCompatible(member, settings, pointer) : []),
    ...(settings ? [checkQuotas(member, read, nodesOf(member, settings) ?? [undefined], pointer)] : []),
  ];
}

/** Reads the resources of the region of a new member, in parallel. */
async function readMemberRegion(signal: AbortSignal, member: MemberRequest): Promise<MemberRegion> {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = member;
  const regionSignal = withRegionTimeout(signal);
  const [userGroupId] = member.UserGroupIds ?? [];
  const [group, subnetGroup, userGroup, nodes] = await Promise.all([
    lookup(findReplicationGroup(regionSignal, region, id)),
    lookup(findSubnetGroup(regionSignal, region, subnetGroupOf(member))),
    userGroupId === undefined ? undefined : lookup(findUserGroup(regionSignal, region, userGroupId)),
    lookup(countNodes(regionSignal, region)),
  ]);
  return { group, subnetGroup, ...(userGroup && { userGroup }), nodes };
}

/** Checks that a new member is compatible with the other members. */
const checkCompatible = (member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] => [
  checkPartition(member, inherited, `${pointer}/ReplicationGroupRegion`),
  checkAuthToken(member, inherited, pointer),
  ...checkPlacement(member, inherited, pointer),
  ...checkProtection(member, inherited, pointer),
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
export async function checkSecondaries(
  signal: AbortSignal,
  { PrimaryReplicationGroupRegion = config.region, Secondaries = [] }: CreateBody,
  primary: PrimaryGroup | undefined | Promise<PrimaryGroup | undefined>,
): Promise<Check[]> {
  const inherited = Promise.resolve(primary).then(
    (group) => group && inheritedFromPrimary(group, PrimaryReplicationGroupRegion),
  );
  const checks = await Promise.all(
    Secondaries.map((member, index) => checkNewMember(signal, member, inherited, `#/Secondaries/${index}`)),
  );
  return checks.flat();
}

/** Formats the plan steps that create the secondaries of a new datastore. */
export const describeSecondaries = ({ Secondaries = [] }: CreateBody): string[] =>
  Secondaries.map(
    ({ ReplicationGroupRegion: region, ReplicationGroupId: id }) =>
      `Create ${region}/${id} as a secondary (CreateReplicationGroup in ${region}).`,
  );
