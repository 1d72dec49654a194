import type { DesiredSettings, MemberSettings } from '../datastores/memberSettings.ts';
import { isLongEnough, leastMinutes, windowsOverlap } from '../lib/windows.ts';
import { type Check, checkRule } from '../problems/check.ts';

type Windows = Pick<DesiredSettings, 'SnapshotWindow' | 'PreferredMaintenanceWindow'>;

const windowSettings = ['SnapshotWindow', 'PreferredMaintenanceWindow'] as const;

/** Checks the windows of a new member. AWS chooses a window that the request does not name, so that it fits. */
export function checkNewWindows(member: Windows, pointer: string): Check[] {
  return windowSettings.every((name) => member[name] !== undefined)
    ? checkWindows(member, {}, pointer)
    : checkWindows(member, {}, pointer).filter(({ Id }) => Id === 'window-length');
}

/** Checks the windows that a request names, with those of the member for the others. */
export function checkWindows(desired: Windows, present: Pick<MemberSettings, keyof Windows>, pointer: string): Check[] {
  const named = windowSettings.filter((name) => desired[name] !== undefined);
  if (named.length === 0) return [];
  const { SnapshotWindow: daily, PreferredMaintenanceWindow: weekly } = { ...present, ...desired };
  return [
    ...named.map((name) => checkLength(name, desired[name] ?? '', `${pointer}/${name}`)),
    checkOverlap(daily, weekly, `${pointer}/${named[0]}`),
  ];
}

const checkLength = (name: string, window: string, pointer: string): Check =>
  checkRule(
    'window-length',
    isLongEnough(window),
    {
      pass: `${name} has at least ${leastMinutes} minutes.`,
      fail: `${name} must have at least ${leastMinutes} minutes. ${window} has fewer.`,
    },
    pointer,
  );

/** Checks that snapshots and maintenance are at different times (ElastiCache API reference, CreateReplicationGroup). */
const checkOverlap = (daily: string | undefined, weekly: string | undefined, pointer: string): Check =>
  checkRule(
    'windows-apart',
    daily === undefined || weekly === undefined ? undefined : !windowsOverlap(daily, weekly),
    {
      pass: 'The windows do not overlap.',
      fail: `SnapshotWindow ${daily} and PreferredMaintenanceWindow ${weekly} overlap. Choose one that does not, or change both.`,
      unknown: 'The other window of the member could not be read.',
    },
    pointer,
  );
