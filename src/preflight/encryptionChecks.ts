import { partitionOf } from '../datastores/eligibility.ts';
import type { InheritedSettings } from '../datastores/inheritedSettings.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** Checks the settings of a new member that depend on encryption and access control, as far as a request names them. */
export const checkProtection = (member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] => [
  ...(member.KmsKeyId === undefined ? [] : [checkKeyUsed(inherited, `${pointer}/KmsKeyId`)]),
  ...(member.UserGroupIds ? checkAccessControl(member, inherited, `${pointer}/UserGroupIds`) : []),
  ...checkArn(member, 'KmsKeyId', pointer),
  ...checkArn(member, 'NotificationTopicArn', pointer),
];

const checkKeyUsed = ({ AtRestEncryptionEnabled }: InheritedSettings, pointer: string): Check =>
  checkRule(
    'kms-key-with-encryption',
    AtRestEncryptionEnabled,
    {
      pass: 'Encryption at rest is enabled.',
      fail: 'Encryption at rest is disabled in the datastore, so that a key has no use. Leave out KmsKeyId.',
    },
    pointer,
  );

/** Checks that a user group comes with encryption in transit and without a password (ElastiCache user guide, RBAC). */
function checkAccessControl(
  { AuthToken, AuthTokenSecretArn }: MemberRequest,
  { TransitEncryptionEnabled }: InheritedSettings,
  pointer: string,
): Check[] {
  return [
    checkRule(
      'user-group-with-encryption',
      TransitEncryptionEnabled,
      {
        pass: 'Encryption in transit is enabled.',
        fail: 'A user group requires encryption in transit, which is disabled in the datastore. Leave out UserGroupIds.',
      },
      pointer,
    ),
    checkRule(
      'user-group-or-token',
      (AuthToken ?? AuthTokenSecretArn) === undefined,
      {
        pass: 'No AUTH token is given.',
        fail: 'A member has either a user group or an AUTH token. Leave out one of them.',
      },
      pointer,
    ),
  ];
}

/** The settings that are ARNs, or can be: the service and the form of the resource. */
const arnSettings = {
  KmsKeyId: { service: 'kms', resource: /^(key|alias)\/.+$/ },
  NotificationTopicArn: { service: 'sns', resource: /^[\w-]{1,256}(\.fifo)?$/ },
} as const;

/** Checks that a key or a topic is in the region of the member (API reference, CreateReplicationGroup). */
function checkArn(member: MemberRequest, name: keyof typeof arnSettings, pointer: string): Check[] {
  const value = member[name];
  if (!value?.startsWith('arn:')) return [];
  const { ReplicationGroupRegion: region } = member;
  const { service, resource } = arnSettings[name];
  const [, partition, ofService, ofRegion, account = '', rest = '', ...more] = value.split(':');
  const isInRegion = partition === partitionOf(region) && ofService === service && ofRegion === region;
  const isWhole = /^\d{12}$/.test(account) && resource.test(rest) && more.length === 0;
  return [
    checkRule(
      'arn-in-region',
      isInRegion && isWhole,
      {
        pass: `${name} is in ${region}.`,
        fail: `${name} must be an ARN of ${service} in ${region}, such as arn:${partitionOf(region)}:${service}:${region}:123456789012:…`,
      },
      `${pointer}/${name}`,
    ),
  ];
}
