import { type MemberChange, planMemberChanges } from '../datastores/memberChanges.ts';
import type { DesiredSettings, MemberSettings } from '../datastores/memberSettings.ts';
import { findFixedDifferences, isNamedByAlias } from '../datastores/settingDifferences.ts';
import { type ActualState, type Goal, memberName } from '../operations/goal.ts';
import { comparedMembers } from '../operations/memberSteps.ts';
import { type Check, checkRule } from '../problems/check.ts';
import { checkZonesInRegion } from './placementChecks.ts';
import { checkTagKeys } from './tagChecks.ts';
import { checkWindows } from './windowChecks.ts';

/** Checks that the members that exist can get the settings that a goal names for them. */
export const checkExistingMembers = (
  goal: Goal,
  { settings = {}, unreadable = [] }: Pick<ActualState, 'settings' | 'unreadable'>,
): Check[] =>
  comparedMembers(goal).flatMap((member) => {
    const pointer = `#/Members/${goal.Members.indexOf(member)}`;
    const actual = settings[memberName(member)];
    if (actual)
      return [
        ...checkChangeable(member, actual, pointer),
        ...checkZonesInRegion(member, pointer),
        ...checkMemberAfter(actual, planMemberChanges(member, actual), pointer),
      ];
    if (!unreadable.includes(memberName(member))) return []; // it is no member any more
    const unknown = `The settings of ${memberName(member)} could not be read.`;
    return [checkRule('settings-readable', undefined, { pass: '', fail: '', unknown }, pointer)];
  });

/** Checks that the settings that differ are among those that AWS changes in a member that exists. */
export const checkChangeable = (desired: DesiredSettings, actual: MemberSettings, pointer = '#'): Check[] => [
  ...checkNodeCountForm(desired, actual, pointer),
  ...checkNodeGroupIds(desired, actual, pointer),
  ...checkFixedSettings(desired, actual, pointer),
  ...checkTagKeys(desired.Tags, pointer),
  ...(isNamedByAlias(desired, actual) ? [checkAlias(actual, pointer)] : []),
];

/** Checks that a member can have the settings that it has after `changes`. */
export function checkMemberAfter(actual: MemberSettings, changes: readonly MemberChange[], pointer = '#'): Check[] {
  const changed: Partial<MemberSettings> = Object.assign({}, ...changes.map(({ After }) => After));
  const after = { ...actual, ...changed };
  return [
    ...(changed.NodeGroups || changed.MultiAZEnabled ? [checkEnoughNodes(after, pointer)] : []),
    ...(changed.MultiAZEnabled ? [checkFailoverOf(after, pointer)] : []),
    ...checkWindows(changed, actual, pointer),
    ...(changed.UserGroupIds?.length ? [checkEncrypted(after, pointer)] : []),
    ...unreadableSettings.filter(([name]) => isNamed(changed[name])).map((row) => checkUnreadable(row, pointer)),
  ];
}

/** Checks that NumCacheClusters is used only with cluster mode disabled (ElastiCache API reference, CreateReplicationGroup). */
function checkNodeCountForm(
  { NumCacheClusters }: DesiredSettings,
  { ClusterEnabled }: MemberSettings,
  pointer: string,
): Check[] {
  if (NumCacheClusters === undefined) return [];
  const details = {
    pass: 'Cluster mode is disabled.',
    fail: 'Cluster mode is enabled. Use ReplicasPerNodeGroup instead of NumCacheClusters.',
  };
  return [checkRule('nodes-fit-cluster-mode', !ClusterEnabled, details, `${pointer}/NumCacheClusters`)];
}

function checkNodeGroupIds(
  { NodeGroupConfiguration = [] }: DesiredSettings,
  { NodeGroups }: MemberSettings,
  pointer: string,
): Check[] {
  const present = NodeGroups.map(({ NodeGroupId }) => NodeGroupId);
  return NodeGroupConfiguration.map(({ NodeGroupId }, index) =>
    checkRule(
      'node-groups-exist',
      NodeGroupId === undefined ? index < present.length : present.includes(NodeGroupId),
      {
        pass: `Node group ${NodeGroupId ?? present[index]} exists.`,
        fail: `The member has no node group ${NodeGroupId ?? `number ${index + 1}`}. Its node groups are ${present.join(', ')}.`,
      },
      `${pointer}/NodeGroupConfiguration/${index}`,
    ),
  );
}

function checkFixedSettings(desired: DesiredSettings, actual: MemberSettings, pointer: string): Check[] {
  const fixed = findFixedDifferences(desired, actual);
  if (fixed.length === 0)
    return [checkRule('setting-changeable', true, { pass: 'AWS can change all settings that differ.', fail: '' })];
  return fixed.map(({ Setting, From, To, Pointer }) =>
    checkRule(
      'setting-changeable',
      false,
      {
        pass: '',
        fail: `AWS cannot change ${Setting} of a member that exists from ${From} to ${To}. Leave it out, or add another member with it and remove this one.`,
      },
      `${pointer}${Pointer}`,
    ),
  );
}

/** Warns that the alias of a key is not compared: AWS shows the key itself. */
const checkAlias = ({ KmsKeyId }: MemberSettings, pointer: string): Check =>
  checkRule(
    'same-key',
    undefined,
    { pass: '', fail: '', unknown: `The key of the member stays ${KmsKeyId}. An alias is not compared with it.` },
    `${pointer}/KmsKeyId`,
  );

/** Checks that a replica is left wherever one has to replace a primary node (ElastiCache API reference, DecreaseReplicaCount). */
function checkEnoughNodes(
  { NodeGroups, MultiAZEnabled, hasFailover, ClusterEnabled }: MemberSettings,
  pointer: string,
): Check {
  const least = Math.min(...NodeGroups.map(({ Zones }) => Zones.length));
  const reason = MultiAZEnabled ? 'Multi-AZ' : 'Automatic failover';
  return checkRule(
    'enough-nodes',
    least >= 2 || !(MultiAZEnabled || (hasFailover && !ClusterEnabled)),
    {
      pass: 'Each node group has the nodes that it needs.',
      fail: `${reason} needs at least two nodes in each node group. The member would have ${least}.`,
    },
    pointer,
  );
}

/** Checks that a replica can replace a primary node in another zone. unverified: AWS asks for automatic failover. */
function checkFailoverOf({ hasFailover }: MemberSettings, pointer: string): Check {
  const details = {
    pass: 'Automatic failover is enabled.',
    fail: 'Multi-AZ needs automatic failover. Enable it with PATCH /global-datastores/{GlobalReplicationGroupId} first.',
  };
  return checkRule('multi-az-failover', hasFailover, details, `${pointer}/MultiAZEnabled`);
}

function checkEncrypted({ TransitEncryptionEnabled }: MemberSettings, pointer: string): Check {
  const details = {
    pass: 'Connections are encrypted.',
    fail: 'A user group needs encryption in transit, which this datastore does not have.',
  };
  return checkRule('user-group-encrypted', TransitEncryptionEnabled, details, `${pointer}/UserGroupIds`);
}

/** The settings that name resources that this API cannot read. */
const unreadableSettings = [
  ['UserGroupIds', 'user-group', 'the user group'],
  ['NotificationTopicArn', 'notification-topic', 'the topic'],
  ['SecurityGroupIds', 'security-groups', 'the security groups'],
  ['LogDeliveryConfigurations', 'log-destinations', 'the destinations of logs'],
] as const;

const isNamed = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

const checkUnreadable = ([name, id, what]: (typeof unreadableSettings)[number], pointer: string): Check =>
  checkRule(
    id,
    undefined,
    { pass: '', fail: '', unknown: `This API cannot read ${what}. AWS checks that it can use ${name}.` },
    `${pointer}/${name}`,
  );
