import { partitionOf } from '../datastores/eligibility.ts';
import type { InheritedSettings } from '../datastores/inheritedSettings.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** Checks the settings of a new member that depend on encryption and access control, as far as a request names them. */
export const checkEncryption = (member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] => [
  ...(member.KmsKeyId === undefined ? [] : [checkKeyUsed(inherited, `${pointer}/KmsKeyId`)]),
  ...(member.UserGroupIds ? checkUserGroup(member, inherited, `${pointer}/UserGroupIds`) : []),
  ...arnSettings.flatMap((name) => checkArn(member, name, pointer)),
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
function checkUserGroup(
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

/** The settings that can be the ARN of a resource in the region of the member. */
const arnSettings = ['KmsKeyId', 'NotificationTopicArn'] as const;

/** Checks that an ARN is of the region of the member (API reference, CreateReplicationGroup). */
function checkArn(member: MemberRequest, name: (typeof arnSettings)[number], pointer: string): Check[] {
  const value = member[name];
  if (!value?.startsWith('arn:')) return [];
  const { ReplicationGroupRegion: region } = member;
  const [, partition, , arnRegion] = value.split(':');
  return [
    checkRule(
      'arn-in-region',
      arnRegion === region && partition === partitionOf(region),
      {
        pass: `${name} is in ${region}.`,
        fail: `${name} is in ${arnRegion || 'no region'} of partition ${partition}. Use one in ${region}.`,
      },
      `${pointer}/${name}`,
    ),
  ];
}
