import { invalidValue } from '../protocol/fault.ts';

export interface Windows {
  snapshotWindow: string;
  maintenanceWindow: string;
}

interface Requested {
  SnapshotWindow?: string | undefined;
  PreferredMaintenanceWindow?: string | undefined;
}

/**
 * Returns the windows of a new replication group. A window that is not given is the default one, or starts where the other
 * one ends if they overlapped (unverified: AWS chooses it at random).
 * @throws Fault InvalidParameterValueException
 */
export function readWindows({ SnapshotWindow: daily, PreferredMaintenanceWindow: weekly }: Requested): Windows {
  const snapshot = daily === undefined ? undefined : readDailyWindow(daily);
  const maintenance = weekly === undefined ? undefined : readWeeklyWindow(weekly);
  return formatWindows(
    snapshot ?? chooseBeside(maintenance, DEFAULT_SNAPSHOT),
    maintenance ?? chooseBeside(snapshot, DEFAULT_MAINTENANCE),
  );
}

/**
 * Returns the windows after a modification that gives at least one of them.
 * @throws Fault InvalidParameterValueException
 */
export function readNewWindows(current: Windows, requested: Requested): Partial<Windows> {
  const { SnapshotWindow: daily, PreferredMaintenanceWindow: weekly } = requested;
  if (daily === undefined && weekly === undefined) return {};
  return formatWindows(
    readDailyWindow(daily ?? current.snapshotWindow),
    readWeeklyWindow(weekly ?? current.maintenanceWindow),
  );
}

/** A range of minutes of the week, from Sunday 00:00. The end may be in the next week. */
interface Range {
  start: number;
  length: number;
  /** The minutes between repetitions: a day or a week. */
  every: number;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The least length of both windows (ElastiCache API reference). */
const LEAST = 60;

const DEFAULT_SNAPSHOT: Range = { start: 6 * 60, length: LEAST, every: DAY };
const DEFAULT_MAINTENANCE: Range = { start: 3 * 60, length: LEAST, every: WEEK };

const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';
const DAILY = new RegExp(`^${TIME}-${TIME}$`);
const WEEKLY = new RegExp(`^(${DAYS.join('|')}):${TIME}-(${DAYS.join('|')}):${TIME}$`);

/** Reads `05:00-09:00`. The window may end on the next day. Text of the length seen in terraform-provider-aws#2153. */
function readDailyWindow(window: string): Range {
  const [match, ...times] = DAILY.exec(window) ?? [];
  if (!match) throw invalidValue(`SnapshotWindow must look like 05:00-09:00, not ${window}.`); // unverified: text
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times.map(Number);
  return readRange(fromHour * 60 + fromMinute, toHour * 60 + toMinute, DAY, 'Snapshot window');
}

/** Reads `sun:23:00-mon:01:30` in any case. The window may end in the next week. unverified: texts. */
function readWeeklyWindow(window: string): Range {
  const [match, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = WEEKLY.exec(window.toLowerCase()) ?? [];
  if (!match) throw invalidValue(`PreferredMaintenanceWindow must look like sun:23:00-mon:01:30, not ${window}.`);
  const minuteOf = (day = '', hour = '', minute = '') => DAYS.indexOf(day) * DAY + Number(hour) * 60 + Number(minute);
  return readRange(
    minuteOf(fromDay, fromHour, fromMinute),
    minuteOf(toDay, toHour, toMinute),
    WEEK,
    'Maintenance window',
  );
}

function readRange(start: number, end: number, every: number, name: string): Range {
  const length = (end - start + every) % every;
  if (length < LEAST) throw invalidValue(`${name} must be at least ${LEAST} minutes.`);
  return { start, length, every };
}

/** Returns the preferred range if it does not overlap the other one, otherwise the range that follows the other one. */
function chooseBeside(other: Range | undefined, preferred: Range): Range {
  if (!other || !overlaps(other, preferred)) return preferred;
  return { ...preferred, start: (other.start + other.length) % preferred.every };
}

/** Returns the windows as texts. Text of the overlap seen in hashicorp/terraform#17247. */
function formatWindows(snapshot: Range, maintenance: Range): Windows {
  if (overlaps(snapshot, maintenance))
    throw invalidValue('The snapshot window and maintenance window must not overlap.');
  return { snapshotWindow: formatRange(snapshot), maintenanceWindow: formatRange(maintenance) };
}

/** Returns true if a repetition of one range starts in the other one. A day divides a week. */
function overlaps(a: Range, b: Range): boolean {
  const every = Math.min(a.every, b.every);
  const distance = (from: Range, to: Range) => (((to.start - from.start) % every) + every) % every;
  return distance(a, b) < a.length || distance(b, a) < b.length;
}

function formatRange({ start, length, every }: Range): string {
  return [start, (start + length) % every].map((minute) => formatMinute(minute, every)).join('-');
}

function formatMinute(minute: number, every: number): string {
  const time = [Math.floor((minute % DAY) / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return every === WEEK ? `${DAYS[Math.floor(minute / DAY)]}:${time}` : time;
}
