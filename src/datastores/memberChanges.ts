import type {
  AddTagsToResourceMessage,
  IncreaseReplicaCountMessage,
  ModifyReplicationGroupMessage,
  RemoveTagsFromResourceMessage,
} from '@aws-sdk/client-elasticache';
import type { DesiredSettings, MemberSettings } from './memberSettings.ts';
import { nodeGroupAfter, nodeGroupPlans, replicaCounts } from './nodeGroupPlans.ts';
import { type Difference, differenceOf, differs, modifiableSettings } from './settingDifferences.ts';

/** One call of AWS that changes a member that exists. */
export type MemberChange = MemberCall & {
  readonly Differences: readonly Difference[];
  /** The settings of the member that are others once the change is complete. */
  readonly After: Partial<MemberSettings>;
};

type MemberCall =
  | { readonly Action: 'IncreaseReplicaCount' | 'DecreaseReplicaCount'; readonly Input: IncreaseReplicaCountMessage }
  | { readonly Action: 'ModifyReplicationGroup'; readonly Input: ModifyReplicationGroupMessage }
  | { readonly Action: 'AddTagsToResource'; readonly Input: AddTagsToResourceMessage }
  | { readonly Action: 'RemoveTagsFromResource'; readonly Input: RemoveTagsFromResourceMessage };

/**
 * Returns the calls that set the settings of a member that `desired` names, one of each kind at most, in the order in which
 * they are safe: nodes are added before the rest and removed after it. Settings that are not named, and equal ones, stay.
 */
export function planMemberChanges(desired: DesiredSettings, actual: MemberSettings): MemberChange[] {
  return [
    replicaChange('IncreaseReplicaCount', desired, actual),
    settingsChange(desired, actual),
    tagsChange(desired, actual),
    untagChange(desired, actual),
    replicaChange('DecreaseReplicaCount', desired, actual),
  ].filter((change) => change !== undefined);
}

/** Formats a change, such as `Change the nodes of eu-west-1/a from 2 to 3 (IncreaseReplicaCount in eu-west-1).` */
export function describeMemberChange(region: string, id: string, { Action, Differences }: MemberChange): string {
  const [first, ...others] = Differences.map(({ Setting, From, To }) => [Setting, `from ${From} to ${To}`] as const);
  const texts = [
    `${first?.[0]} of ${region}/${id} ${first?.[1]}`,
    ...others.map(([setting, how]) => `${setting} ${how}`),
  ];
  return `Change ${texts.join(', ')} (${Action} in ${region}).`;
}

function settingsChange(desired: DesiredSettings, actual: MemberSettings): MemberChange | undefined {
  const names = modifiableSettings.filter((name) => differs(name, desired, actual));
  if (names.length === 0) return undefined;
  const { UserGroupIds, ...settings } = pick(desired, names);
  return {
    Action: 'ModifyReplicationGroup',
    Input: {
      ReplicationGroupId: actual.ReplicationGroupId,
      ...(settings as Partial<ModifyReplicationGroupMessage>),
      ...(UserGroupIds && userGroupChange(UserGroupIds, actual.UserGroupIds ?? [])),
      ApplyImmediately: true,
    },
    Differences: names.map((name) => differenceOf(name, desired, actual)),
    After: afterSettings(pick(desired, names), actual),
  };
}

function userGroupChange(desired: readonly string[], actual: readonly string[]) {
  const UserGroupIdsToAdd = desired.filter((id) => !actual.includes(id));
  const UserGroupIdsToRemove = actual.filter((id) => !desired.includes(id));
  return {
    ...(UserGroupIdsToAdd.length > 0 && { UserGroupIdsToAdd }),
    ...(UserGroupIdsToRemove.length > 0 && { UserGroupIdsToRemove }),
  };
}

/** Returns the settings after a change. Log types that are not named stay. */
function afterSettings(changed: Partial<DesiredSettings>, actual: MemberSettings): Partial<MemberSettings> {
  const { LogDeliveryConfigurations: logs } = changed;
  if (!logs) return changed;
  const others = (actual.LogDeliveryConfigurations ?? []).filter(
    ({ LogType }) => !logs.some((log) => log.LogType === LogType),
  );
  return { ...changed, LogDeliveryConfigurations: [...others, ...logs.filter(({ Enabled }) => Enabled !== false)] };
}

function tagsChange({ Tags }: DesiredSettings, actual: MemberSettings): MemberChange | undefined {
  const present = new Map((actual.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
  const added = (Tags ?? []).filter(({ Key, Value = '' }) => present.get(Key) !== Value);
  if (added.length === 0) return undefined;
  for (const { Key, Value = '' } of added) present.set(Key, Value);
  return {
    Action: 'AddTagsToResource',
    Input: { ResourceName: actual.ARN, Tags: added.map(({ Key, Value = '' }) => ({ Key, Value })) },
    Differences: added.map(({ Key, Value = '' }) => ({
      Setting: `tag ${Key}`,
      From: formatTag(actual.Tags?.find((tag) => tag.Key === Key)?.Value),
      To: formatTag(Value),
    })),
    After: { Tags: [...present].map(([Key, Value]) => ({ Key, Value })) },
  };
}

function untagChange({ TagKeys = [] }: DesiredSettings, actual: MemberSettings): MemberChange | undefined {
  const removed = (actual.Tags ?? []).filter(({ Key }) => TagKeys.includes(Key));
  if (removed.length === 0) return undefined;
  return {
    Action: 'RemoveTagsFromResource',
    Input: { ResourceName: actual.ARN, TagKeys: removed.map(({ Key }) => Key) },
    Differences: removed.map(({ Key, Value }) => ({ Setting: `tag ${Key}`, From: formatTag(Value), To: 'none' })),
    After: { Tags: (actual.Tags ?? []).filter((tag) => !removed.includes(tag)) },
  };
}

const formatTag = (value: string | undefined): string => (value === undefined ? 'none' : `"${value}"`);

function replicaChange(
  Action: 'IncreaseReplicaCount' | 'DecreaseReplicaCount',
  desired: DesiredSettings,
  actual: MemberSettings,
): MemberChange | undefined {
  const isIncrease = Action === 'IncreaseReplicaCount';
  const plans = nodeGroupPlans(desired, actual);
  const changed = plans.filter(({ group, nodes }) =>
    isIncrease ? nodes > group.Zones.length : nodes < group.Zones.length,
  );
  if (changed.length === 0) return undefined;
  return {
    Action,
    Input: { ReplicationGroupId: actual.ReplicationGroupId, ...replicaCounts(plans, changed), ApplyImmediately: true },
    Differences: changed.map(({ group, nodes, name }) => ({
      Setting: name,
      From: String(group.Zones.length),
      To: String(nodes),
    })),
    After: { NodeGroups: plans.map((plan) => (changed.includes(plan) ? nodeGroupAfter(plan) : plan.group)) },
  };
}

const pick = <T extends object, Name extends keyof T>(value: T, names: readonly Name[]): Pick<T, Name> =>
  Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, Name>;
