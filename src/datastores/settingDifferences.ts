import { canonicalJson } from '../lib/canonicalJson.ts';
import type { DesiredSettings, MemberSettings, ShownSetting } from './memberSettings.ts';
import { hasFixedZones, nodeGroupPlans, toZoneDifference } from './nodeGroupPlans.ts';

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
  const [from, to] = comparedValues(name, desired, actual).map(canonicalJson);
  return from !== to;
}

export function differenceOf(name: ComparedSetting, desired: DesiredSettings, actual: MemberSettings): Difference {
  const [from, to] = comparedValues(name, desired, actual);
  return { Setting: name, From: formatValue(from), To: formatValue(to) };
}

/** Returns whether a key is named by an alias. An alias can name any key, so it counts as the current key. */
export const isNamedByAlias = ({ KmsKeyId: desired = '' }: DesiredSettings, { KmsKeyId }: MemberSettings): boolean =>
  desired.includes('alias/') && KmsKeyId !== undefined && KmsKeyId !== desired;

/** Returns whether a key id, an ARN or an alias can name the key of an ARN. */
const isSameKey = (desired: string, actual: string | undefined): boolean =>
  actual !== undefined && (actual === desired || desired.includes('alias/') || actual.endsWith(`/${desired}`));

/** Returns the value of a member and the desired one, so that equal ones are the same JSON. */
const comparedValues = (
  name: ComparedSetting,
  desired: DesiredSettings,
  actual: MemberSettings,
): readonly [unknown, unknown] =>
  name === 'LogDeliveryConfigurations'
    ? comparedLogs(desired[name] ?? [], actual[name] ?? [])
    : [normalized(name, actual[name]), normalized(name, desired[name])];

/** AWS stores windows and names in lower case, and lists in any order. */
function normalized(name: ComparedSetting, value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value)].sort();
  if (typeof value !== 'string') return value ?? [];
  return ['SnapshotWindow', 'PreferredMaintenanceWindow', 'CacheSubnetGroupName'].includes(name)
    ? value.trim().toLowerCase()
    : value.trim();
}

type LogDelivery = NonNullable<DesiredSettings['LogDeliveryConfigurations']>[number];

/** Returns the log types that are named, in the members that are named. A type without a delivery is missing. */
function comparedLogs(desired: readonly LogDelivery[], actual: readonly LogDelivery[]) {
  const wanted = desired.flatMap(({ Enabled = true, ...delivery }) => (Enabled ? [delivery] : []));
  const present = desired.flatMap((delivery) => {
    const found = actual.find(({ LogType }) => LogType === delivery.LogType);
    const { Enabled: _, ...named } = delivery;
    return found
      ? [Object.fromEntries(Object.keys(named).map((name) => [name, found[name as keyof LogDelivery]]))]
      : [];
  });
  return [present, wanted] as const;
}

/** Formats a value for texts. A list without items is `none`. */
function formatValue(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const items = value.map((item) => (typeof item === 'string' ? item : canonicalJson(item)));
  return items.join(' and ') || 'none';
}
