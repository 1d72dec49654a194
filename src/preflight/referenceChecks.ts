import { foundValue, isFound, type Lookup } from '../datastores/lookup.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { atMostWarning, type Check, checkRule } from '../problems/check.ts';

/** The resources of the region of a new member. */
export interface MemberRegion {
  readonly group: Lookup<{ readonly Status: string }>;
  readonly subnetGroup: Lookup<unknown>;
  /** The user group, if the request names one. */
  readonly userGroup?: Lookup<{ readonly Status?: string | undefined }>;
  readonly nodes: Lookup<number>;
}

/** Returns the subnet group of a new member. Without CacheSubnetGroupName it gets the group `default`. */
export const subnetGroupOf = ({ CacheSubnetGroupName = 'default' }: MemberRequest): string => CacheSubnetGroupName;

/** Checks the resources of its region that a new member uses. Resources that no call of ElastiCache shows are a warning. */
export const checkReferences = (member: MemberRequest, read: MemberRegion, pointer: string): Check[] => [
  checkIdFree(member, read, `${pointer}/ReplicationGroupId`),
  checkSubnetGroup(member, read, `${pointer}/CacheSubnetGroupName`),
  ...(read.userGroup ? [checkUserGroupUsable(member, read.userGroup, `${pointer}/UserGroupIds`)] : []),
  ...checkLogDelivery(member, pointer),
  ...unreadSettings.flatMap(([name, Id, Detail]): Check[] =>
    Object.hasOwn(member, name) ? [{ Id, Outcome: 'warn', Detail, Pointer: `${pointer}/${name}` }] : [],
  ),
];

/** The settings that refer to resources that this API does not read, each with its check. */
const unreadSettings: readonly (readonly [keyof MemberRequest, string, string])[] = [
  ['SecurityGroupIds', 'security-groups-usable', 'The security groups are not read. They must be of the right VPC.'],
  ['KmsKeyId', 'kms-key-usable', 'The key is not read. It must be enabled, and ElastiCache must be allowed to use it.'],
  ['NotificationTopicArn', 'topic-usable', 'The topic is not read. It must exist in this account.'],
  ['LogDeliveryConfigurations', 'log-destination-usable', 'The log destinations are not read. They must exist.'],
];

function checkIdFree(
  { ReplicationGroupRegion: region, ReplicationGroupId: id }: MemberRequest,
  { group }: MemberRegion,
  pointer: string,
): Check {
  const exists = isFound(group);
  const details = {
    pass: `No replication group in ${region} is named ${id}.`,
    fail: describeExisting(`${id} in ${region}`, foundValue(group)?.Status),
    unknown: `It could not be read whether ${region} has a replication group ${id}.`,
  };
  return checkRule('id-free', exists === undefined ? undefined : !exists, details, pointer);
}

/** Returns the advice for a replication group that has the name of a new member. */
function describeExisting(name: string, status: string | undefined): string {
  if (status === 'create-failed')
    return `${name} could not be created: its status is create-failed. Delete it first, or choose another ReplicationGroupId.`;
  if (status === 'deleting')
    return `${name} is being deleted. Wait until it is gone, or choose another ReplicationGroupId.`;
  return `${name} already exists. Only a new replication group can become a secondary: choose another ReplicationGroupId, or create a new datastore over it.`;
}

/** Checks that the subnet group exists. unverified: AWS may create the group `default` with the first cluster of a region. */
function checkSubnetGroup(member: MemberRequest, { subnetGroup }: MemberRegion, pointer: string): Check {
  const place = `The subnet group ${subnetGroupOf(member)}`;
  const region = member.ReplicationGroupRegion;
  const details = {
    pass: `${place} exists in ${region}.`,
    fail: `${place} does not exist in ${region}. Create it, or choose another CacheSubnetGroupName.`,
    unknown: `${place} could not be read in ${region}.`,
  };
  const check = checkRule('subnet-group-exists', isFound(subnetGroup), details, pointer);
  return member.CacheSubnetGroupName === undefined ? atMostWarning(check) : check;
}

/** Checks that the user group exists in the region of the member and is active (API reference, CreateReplicationGroup). */
function checkUserGroupUsable(
  { UserGroupIds: [id] = [], ReplicationGroupRegion: region }: MemberRequest,
  userGroup: NonNullable<MemberRegion['userGroup']>,
  pointer: string,
): Check {
  const exists = isFound(userGroup);
  const status = foundValue(userGroup)?.Status;
  const details = {
    pass: `The user group ${id} is active in ${region}.`,
    fail: exists
      ? `The user group ${id} is ${status}. Wait until it is active.`
      : `The user group ${id} does not exist in ${region}. Create it, or choose another one.`,
    unknown: `The user group ${id} could not be read in ${region}.`,
  };
  return checkRule('user-group-usable', exists && status === 'active', details, pointer);
}

/** Checks that each log delivery that is not disabled has all that it needs (ElastiCache user guide, log delivery). */
function checkLogDelivery({ LogDeliveryConfigurations = [] }: MemberRequest, pointer: string): Check[] {
  return LogDeliveryConfigurations.map((log, index) =>
    checkRule(
      'log-delivery-complete',
      log.Enabled === false || isComplete(log),
      {
        pass: 'The log delivery is complete.',
        fail: 'A log delivery needs LogType, LogFormat, DestinationType, and DestinationDetails of that type.',
      },
      `${pointer}/LogDeliveryConfigurations/${index}`,
    ),
  );
}

type RequestedLog = NonNullable<MemberRequest['LogDeliveryConfigurations']>[number];

function isComplete({ LogType, LogFormat, DestinationType, DestinationDetails }: RequestedLog): boolean {
  const details =
    DestinationType === 'kinesis-firehose'
      ? DestinationDetails?.KinesisFirehoseDetails
      : DestinationDetails?.CloudWatchLogsDetails;
  return [LogType, LogFormat, DestinationType, details].every((value) => value !== undefined);
}

/** The default quotas of nodes: of a cluster and of a region (AWS General Reference, ElastiCache quotas). Both can be raised. */
const defaultQuotas = { cluster: 90, region: 300 };

/**
 * Checks that the nodes of a new member are within the default quotas. The check only warns, because an account can have other
 * quotas.
 */
export function checkQuotas(
  { ReplicationGroupRegion: region }: MemberRequest,
  { nodes }: MemberRegion,
  counts: readonly (number | undefined)[],
  pointer: string,
): Check {
  const added = counts.reduce<number>((sum, count = 1) => sum + count, 0);
  const existing = foundValue(nodes);
  const total = (existing ?? 0) + added;
  const isWithin = added <= defaultQuotas.cluster && total <= defaultQuotas.region;
  const details = {
    pass: `With this member ${region} has ${total} nodes.`,
    fail: `The member has ${added} nodes, and ${region} then has ${total}. The default quotas are ${defaultQuotas.cluster} and ${defaultQuotas.region}.`,
    unknown: `The nodes in ${region} could not be counted.`,
  };
  const isKnown = existing !== undefined || !isWithin;
  return atMostWarning(checkRule('node-quota', isKnown ? isWithin : undefined, details, pointer));
}
