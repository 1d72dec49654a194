import { describeLag, lagSecondsOf, lookupLag } from '../datastores/lagLimit.ts';
import type { Lookup } from '../datastores/lookup.ts';
import type { SecondaryKey, SecondaryLag } from '../datastores/replicationLag.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** Reads the lag of a secondary and checks it with `checkLag`. Never throws a problem. */
export const checkLagWithinLimit = async (
  signal: AbortSignal,
  member: SecondaryKey,
  maxLagSeconds: number | undefined,
  pointer: string,
): Promise<Check> => checkLag(member, await lookupLag(signal, member), maxLagSeconds, pointer);

/**
 * Checks that a secondary is at most `maxLagSeconds` behind the primary. An unknown lag fails if there is a limit, as the change
 * itself would. Without a limit it is a warning.
 */
export function checkLag(
  member: SecondaryKey,
  lag: Lookup<SecondaryLag>,
  maxLagSeconds: number | undefined,
  pointer: string,
): Check {
  const seconds = lagSecondsOf(lag);
  const limit = maxLagSeconds === undefined ? 'No limit is set.' : `The limit is ${maxLagSeconds} s.`;
  const detail = `${describeLag(member, lag)} ${limit}`;
  return checkRule(
    'lag-within-limit',
    isWithin(seconds, maxLagSeconds),
    { pass: detail, fail: detail, unknown: detail },
    pointer,
  );
}

function isWithin(seconds: number | undefined, limit: number | undefined): boolean | undefined {
  if (seconds === undefined) return limit === undefined ? undefined : false;
  return limit === undefined || seconds <= limit;
}
