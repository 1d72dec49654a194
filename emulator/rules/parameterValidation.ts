import type { LogDeliveryConfiguration, LogDeliveryConfigurationRequest, Tag } from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination, invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import { isNodeType } from './nodeTypes.ts';
import { getSubnetGroup } from './subnetGroups.ts';

// The rules of the ElastiCache API reference for single parameters. unverified: texts without a source.

/** Returns a valid identifier in lower case, as it is stored. */
export function readIdentifier(text: string, parameter: string, length = 40): string {
  if (/^[a-z](-?[a-z0-9])*$/i.test(text) && text.length <= length) return text.toLowerCase();
  throw invalidValue(
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; must not end with a hyphen or contain two consecutive hyphens; and must have at most ${length} characters.`,
  );
}

export function readNodeType(nodeType: string | undefined): string {
  if (!nodeType) throw invalidValue('The parameter CacheNodeType must be provided and must not be blank.');
  if (!isNodeType(nodeType)) throw invalidValue(`Invalid Cache Node Type: ${nodeType}`);
  return nodeType;
}

export function assertInRange(value: number | undefined, from: number, to: number, parameter: string): void {
  if (value !== undefined && (value < from || value > to))
    throw invalidValue(`${parameter} must be from ${from} to ${to}, not ${value}.`);
}

/** Asserts that a value is undefined or one of `values`. */
export function assertOneOf(value: string | undefined, values: Record<string, string>, parameter: string): void {
  const valid = Object.values(values);
  if (value !== undefined && !valid.includes(value))
    throw invalidValue(`${parameter} must be one of ${valid.join(', ')}, not ${value}.`);
}

export function assertAvailabilityZone(store: Store, zone: string | undefined): void {
  if (zone !== undefined && !(zone.startsWith(store.region) && /^[a-f]$/.test(zone.slice(store.region.length))))
    throw invalidValue(`${zone} is not a valid availability zone of ${store.region}.`);
}

/** Asserts the ARN of an SNS topic in the region of the group. unverified: text, and topics of another account. */
export function assertTopicArn(store: Store, arn: string | undefined): void {
  if (arn !== undefined && !isArnInRegion(store, arn, 'sns', /^[\w-]{1,256}(\.fifo)?$/))
    throw invalidValue(`NotificationTopicArn must be the ARN of an SNS topic in ${store.region}, not ${arn}.`);
}

/** Asserts that the ARN of a KMS key is of the region of the group. Ids and aliases are not resolved. unverified: text. */
export function assertKmsKey(store: Store, key: string | undefined): void {
  if (key?.startsWith('arn:') && !isArnInRegion(store, key, 'kms', /^(key|alias)\/.+$/))
    throw invalidValue(`KmsKeyId must be a KMS key in ${store.region}, not ${key}.`);
}

function isArnInRegion({ partition, region }: Store, arn: string, service: string, resource: RegExp): boolean {
  const [prefix, ...parts] = arn.split(':');
  const [, , , account = '', name = '', ...rest] = parts;
  const inRegion = prefix === 'arn' && parts[0] === partition && parts[1] === service && parts[2] === region;
  return inRegion && rest.length === 0 && /^\d{12}$/.test(account) && resource.test(name);
}

/**
 * Returns the name of an existing subnet group.
 * @throws Fault CacheSubnetGroupNotFoundFault
 */
export function readSubnetGroup(store: Store, name = 'default'): string {
  return getSubnetGroup(store, name).name;
}

/**
 * Returns the ids of active user groups. A cluster has at most one.
 * @throws Fault UserGroupNotFoundFault, InvalidUserGroupStateFault
 */
export function readUserGroups(store: Store, ids: string[] = []): string[] {
  if (ids.length > 1) throw invalidValue('At most one user group can be given.');
  for (const id of ids) {
    const { userGroups } = store.options.existing;
    if (!Object.hasOwn(userGroups, id)) throw new Fault('UserGroupNotFoundFault', `User group ${id} not found.`);
    if (userGroups[id] !== 'active')
      throw new Fault('InvalidUserGroupStateFault', `User group ${id} is in ${userGroups[id]} state.`);
  }
  return ids;
}

/**
 * Returns `current` with the requested tags added or replaced.
 * @throws Fault InvalidParameterValueException, TagQuotaPerResourceExceeded
 */
export function readTags(store: Store, requested: Tag[] = [], current: Tag[] = []): Tag[] {
  const tags = new Map(current.map(({ Key, Value }) => [Key, Value]));
  const keys = requested.map(({ Key }) => Key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw invalidValue(`The tag key ${twice} is given more than once.`);
  for (const { Key = '', Value = '' } of requested) {
    if (Key.length < 1 || Key.length > 128 || /^aws:/i.test(Key)) throw invalidValue(`Invalid tag key: ${Key}`);
    if (Value.length > 256) throw invalidValue(`The value of tag ${Key} has more than 256 characters.`);
    tags.set(Key, Value);
  }
  if (tags.size > store.options.quotas.tags)
    throw new Fault('TagQuotaPerResourceExceeded', `A resource can have at most ${store.options.quotas.tags} tags.`);
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

export function readLogDelivery(requests: LogDeliveryConfigurationRequest[] = []): LogDeliveryConfiguration[] {
  return requests.filter(({ Enabled }) => Enabled !== false).map(readLogConfiguration);
}

function readLogConfiguration(request: LogDeliveryConfigurationRequest): LogDeliveryConfiguration {
  const { LogType, DestinationType, DestinationDetails, LogFormat } = request;
  assertOneOf(LogType, { SLOW: 'slow-log', ENGINE: 'engine-log' }, 'LogType');
  assertOneOf(DestinationType, { LOGS: 'cloudwatch-logs', FIREHOSE: 'kinesis-firehose' }, 'DestinationType');
  assertOneOf(LogFormat, { TEXT: 'text', JSON: 'json' }, 'LogFormat');
  const details =
    DestinationType === 'kinesis-firehose'
      ? DestinationDetails?.KinesisFirehoseDetails
      : DestinationDetails?.CloudWatchLogsDetails;
  if (!LogType || !DestinationType || !LogFormat || !details)
    throw invalidCombination('A log delivery needs LogType, DestinationType, its DestinationDetails and LogFormat.');
  return { LogType, DestinationType, DestinationDetails, LogFormat, Status: 'active' };
}
