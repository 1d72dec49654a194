import { config } from '../config.ts';
import { Problem, type Remedy } from '../problems/problem.ts';
import { type Lookup, lookup } from './lookup.ts';
import { readLag, type SecondaryKey, type SecondaryLag } from './replicationLag.ts';

/** The secondary that a change makes the primary, and how far it may be behind. */
export interface LagLimit {
  readonly GlobalReplicationGroupId: string;
  readonly member: SecondaryKey;
  readonly maxLagSeconds: number;
  /** The same request without the limit. Left out if the caller may not send it. */
  readonly withoutLimit?: Remedy;
}

/**
 * Returns the lag of a secondary in seconds. Throws if it is behind the primary by more than `maxLagSeconds`.
 * @throws Problem `ReplicationLagTooHigh`, or `ReplicationLagUnknown` if the metric has no recent point or cannot be read
 */
export async function assertLagWithinLimit(signal: AbortSignal, limit: LagLimit): Promise<number> {
  const lag = await lookupLag(signal, limit.member);
  const seconds = lagSecondsOf(lag);
  if (seconds !== undefined && seconds <= limit.maxLagSeconds) return seconds;
  const detail = `${describeLag(limit.member, lag)} The limit is ${limit.maxLagSeconds} s.`;
  const code = seconds === undefined ? 'ReplicationLagUnknown' : 'ReplicationLagTooHigh';
  throw new Problem(code, detail, { remedies: remediesOfLag(limit) });
}

/** Reads the lag of a secondary within `config.regionMs`. A failed read is `unknown`. */
export async function lookupLag(signal: AbortSignal, member: SecondaryKey): Promise<Lookup<SecondaryLag>> {
  return lookup(readLag(AbortSignal.any([signal, AbortSignal.timeout(config.regionMs)]), member));
}

/** Returns the lag in seconds. Undefined if it is not known. */
export const lagSecondsOf = (lag: Lookup<SecondaryLag>): number | undefined =>
  lag.is === 'found' ? (lag.value.LagSeconds ?? undefined) : undefined;

/** Describes the lag of a secondary for callers. */
export function describeLag(member: SecondaryKey, lag: Lookup<SecondaryLag>): string {
  const name = `${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`;
  if (lag.is !== 'found') return `The lag of ${name} could not be read. ${lag.detail}`;
  const { LagSeconds, At } = lag.value;
  if (LagSeconds !== null) return `${name} is ${LagSeconds} s behind the primary, as of ${At}.`;
  return At
    ? `The lag of ${name} is not known. Its last point is of ${At}.`
    : `The lag of ${name} is not known. CloudWatch has no recent point.`;
}

/** Returns the request that shows the lag, and the request without the limit. */
const remediesOfLag = ({ GlobalReplicationGroupId, withoutLimit }: LagLimit): Remedy[] => [
  {
    method: 'GET',
    href: `/global-datastores/${GlobalReplicationGroupId}/replication`,
    detail: 'Read the lag until it is within the limit. Then send the request again.',
  },
  ...(withoutLimit ? [withoutLimit] : []),
];
