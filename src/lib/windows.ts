/** The time of a day as `HH:MM`, as a part of a pattern. */
const time = '([01][0-9]|2[0-3]):[0-5][0-9]';
const day = '(mon|tue|wed|thu|fri|sat|sun)';

/** The pattern of a daily window, such as 05:00-06:00. */
export const dailyWindow = `^${time}-${time}$`;

/** The pattern of a weekly window, such as sun:23:00-mon:01:30. */
export const weeklyWindow = `^${day}:${time}-${day}:${time}$`;

/** The least length of a window in minutes (ElastiCache API reference, CreateReplicationGroup). */
export const leastMinutes = 60;

const minutesOfDay = 24 * 60;
const minutesOfWeek = 7 * minutesOfDay;
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Minutes {
  readonly start: number;
  /** The length in minutes. A window that ends where it starts has none. */
  readonly length: number;
}

/** Returns whether a daily or weekly window has the least length. It may end on the next day, or in the next week. */
export const isLongEnough = (window: string): boolean => rangeOf(window).length >= leastMinutes;

/** Returns whether a daily and a weekly window have a minute in common. */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const [a, b] = [rangeOf(daily), rangeOf(weekly)];
  return distance(a, b) < a.length || distance(b, a) < b.length;
}

/** Returns the minutes from the start of a range to the next start of the other one on any day. */
const distance = (from: Minutes, to: Minutes): number => modulo(to.start - from.start, minutesOfDay);

function rangeOf(window: string): Minutes {
  const [from = '', to = ''] = window.trim().toLowerCase().split('-');
  const every = from.length > 5 ? minutesOfWeek : minutesOfDay;
  return { start: minuteOf(from), length: modulo(minuteOf(to) - minuteOf(from), every) };
}

/** Returns the minute of the day of `05:30`, or the minute of the week of `sun:05:30`. */
function minuteOf(text: string): number {
  const [minute, hour, dayName = 'sun'] = text.split(':').reverse();
  return days.indexOf(dayName) * minutesOfDay + Number(hour) * 60 + Number(minute);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
