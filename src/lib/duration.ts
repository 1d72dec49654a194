/** The pattern of a duration of days, hours and minutes (ISO 8601), such as `PT90M` or `P1DT12H`. */
export const durationPattern = '^P([0-9]{1,3}D)?(T([0-9]{1,4}H)?([0-9]{1,5}M)?)?$';

/** Returns a duration in milliseconds. 0 if the text has no number. */
export function parseDuration(text: string): number {
  const [, days = '0', , hours = '0', minutes = '0'] = new RegExp(durationPattern).exec(text) ?? [];
  return ((Number.parseInt(days, 10) * 24 + Number.parseInt(hours, 10)) * 60 + Number.parseInt(minutes, 10)) * 60_000;
}
