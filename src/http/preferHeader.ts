/** The longest wait in seconds: an HTTP API ends a request after 30 seconds. */
const maxWaitSeconds = 25;

/** Returns the seconds of `Prefer: wait=N` (RFC 7240 §4.3), at most 25. Undefined without the preference. */
export function parsePreferWait(prefer: string | undefined): number | undefined {
  const wait = prefer?.match(/(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), maxWaitSeconds);
}

/** Returns the header of a response to which the preference was applied. */
export const preferenceApplied = (seconds: number) => ({ 'preference-applied': `wait=${seconds}` });
