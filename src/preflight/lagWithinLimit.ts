import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { type EndpointAddress, findWriterSoon } from '../datastores/endpoints.ts';
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

/** The costs of the promotion of a secondary, and the check of its lag. */
export interface Promotion {
  readonly member: SecondaryKey;
  readonly check: Check;
  /** Sentences for the plan of a dry run. */
  readonly costs: readonly string[];
}

/** Reads the lag and the address of a secondary that is promoted. Never throws a problem. */
export async function assessPromotion(
  signal: AbortSignal,
  { ReplicationGroupId = '', ReplicationGroupRegion = '' }: GlobalReplicationGroupMember,
  maxLagSeconds: number | undefined,
  pointer: string,
): Promise<Promotion> {
  const member = { ReplicationGroupId, ReplicationGroupRegion };
  const [lag, writer] = await Promise.all([
    lookupLag(signal, member),
    findWriterSoon(signal, ReplicationGroupRegion, ReplicationGroupId),
  ]);
  return {
    member,
    check: checkLag(member, lag, maxLagSeconds, pointer),
    costs: [describeLoss(member, lag), describeMove(member, writer)],
  };
}

function describeLoss(member: SecondaryKey, lag: Lookup<SecondaryLag>): string {
  const seconds = lagSecondsOf(lag);
  const period = seconds === undefined ? 'an unknown time' : `${seconds} s`;
  return `The writes of the last ${period} before the failover may be lost. ${describeLag(member, lag)}`;
}

function describeMove(
  { ReplicationGroupRegion, ReplicationGroupId }: SecondaryKey,
  writer: EndpointAddress | undefined,
): string {
  const address = writer
    ? `${writer.Address}:${writer.Port}`
    : `the primary endpoint of ${ReplicationGroupRegion}/${ReplicationGroupId}, which could not be read`;
  return `Clients have to write to ${address} then. Their present address answers READONLY.`;
}
