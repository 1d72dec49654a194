import { CommandError, exitCodes } from './exitCodes.ts';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Returns the seconds of a duration such as `90s`, `10m` or `2h`. A number alone is seconds. */
export function parseSeconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d+)([smh])?$/.exec(text) ?? [];
  if (amount === undefined) throw new CommandError(exitCodes.usage, `${text} is no duration. Use 90s, 10m or 2h.`);
  return Number(amount) * (secondsOf[unit] ?? 1);
}

/** Returns a number of milliseconds as `4 s` or `2 min 5 s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
