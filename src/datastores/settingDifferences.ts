import { canonicalJson } from '../lib/canonicalJson.ts';
import type { DesiredSettings, MemberSettings, ShownSetting } from './memberSettings.ts';
import { hasFixedZones, nodeGroupPlans, toZoneDifference } from './nodeCounts.ts';

/** A setting that a member has and that is to be another, as texts. */
export interface Difference {
  readonly Setting: string;
  readonly From: string;
  readonly To: string;
}

/** A difference that AWS cannot change in a member that exists. */
export interface FixedDifference extends Difference {
  /** The place in the settings of the member, as a JSON pointer without `#`. */
  readonly Pointer: string;
}

/** Returns the named settings that differ and that no call changes. */
export const findFixedDifferences = (desired: DesiredSettings, actual: MemberSettings): FixedDifference[] => [
  ...fixedSettings
    .filter((name) => differs(name, desired, actual))
    .map((name) => ({ ...differenceOf(name, desired, actual), Pointer: `/${name}` })),
  ...nodeGroupPlans(desired, actual).filter(hasFixedZones).map(toZoneDifference),
];

/** The settings that ModifyReplicationGroup changes. */
export const modifiableSettings = [
  'ReplicationGroupDescription',
  'MultiAZEnabled',
  'SnapshotRetentionLimit',
  'SnapshotWindow',
  'PreferredMaintenanceWindow',
  'NotificationTopicArn',
  'SecurityGroupIds',
  'UserGroupIds',
  'LogDeliveryConfigurations',
] as const satisfies readonly ShownSetting[];

/** The settings that no call changes (ElastiCache API reference, ModifyReplicationGroup). */
const fixedSettings = ['Port', 'CacheSubnetGroupName', 'KmsKeyId'] as const satisfies readonly ShownSetting[];

type ComparedSetting = (typeof modifiableSettings)[number] | (typeof fixedSettings)[number];

/** Returns whether a setting is named and the member has another value, or one that AWS did not return. */
export function differs(name: ComparedSetting, desired: DesiredSettings, actual: MemberSettings): boolean {
  if (desired[name] === undefined) return false;
  if (name === 'KmsKeyId') return !isSameKey(String(desired.KmsKeyId), actual.KmsKeyId);
  const { From, To } = differenceOf(name, desired, actual);
  return From !== To;
}

export function differenceOf(name: ComparedSetting, desired: DesiredSettings, actual: MemberSettings): Difference {
  if (name !== 'LogDeliveryConfigurations')
    return { Setting: name, From: formatSetting(name, actual[name]), To: formatSetting(name, desired[name]) };
  const { From, To } = logDifference(desired.LogDeliveryConfigurations ?? [], actual.LogDeliveryConfigurations ?? []);
  return { Setting: name, From, To };
}

/** Formats a value so that equal ones give equal text: AWS stores windows and names in lower case, and lists in any order. */
function formatSetting(name: ComparedSetting, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.toSorted().join(' and ');
  const text = String(value).trim();
  return ['SnapshotWindow', 'PreferredMaintenanceWindow', 'CacheSubnetGroupName'].includes(name)
    ? text.toLowerCase()
    : text;
}

/** Returns whether a key id or ARN names the key of an ARN. An alias can name any key, so it is taken as the same. */
function isSameKey(desired: string, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  return actual === desired || desired.includes('alias/') || actual.endsWith(`/${desired}`);
}

type LogDelivery = NonNullable<DesiredSettings['LogDeliveryConfigurations']>[number];

/** Compares the log types that are named, in the members that are named. */
function logDifference(
  desired: readonly LogDelivery[],
  actual: readonly LogDelivery[],
): Pick<Difference, 'From' | 'To'> {
  const pairs = desired.map(({ Enabled = true, ...delivery }) => {
    const present = actual.find(({ LogType }) => LogType === delivery.LogType);
    const named = present && Object.keys(delivery).map((name) => [name, present[name as keyof LogDelivery]]);
    return [named ? Object.fromEntries(named) : 'none', Enabled ? delivery : 'none'] as const;
  });
  const [From, To] = [0, 1].map((side) => pairs.map((pair) => formatLog(pair[side])).join(' and '));
  return { From: From || 'none', To: To || 'none' };
}

const formatLog = (delivery: unknown): string => (delivery === 'none' ? delivery : canonicalJson(delivery));
