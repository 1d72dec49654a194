import { policy } from './policy.ts';

/** The members of a body that guard a failover. */
export interface FailoverGuard {
  readonly MaxLagSeconds?: number;
  readonly Override?: boolean;
  readonly Reason?: string;
}

/**
 * Returns the maximum lag of the new primary in seconds: by the request, by the policy, or the stricter of both. With
 * Override, which the policy has admitted before, only the request counts. Undefined means that the lag is not read.
 */
export function maxLagSecondsOf({ MaxLagSeconds, Override }: FailoverGuard): number | undefined {
  const { FailoverMaxLagSeconds } = policy;
  const limits = [MaxLagSeconds, Override ? undefined : FailoverMaxLagSeconds].filter((limit) => limit !== undefined);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/** Returns whether the policy sets the limit of a request, so that a request without MaxLagSeconds has one, too. */
export const hasPolicyLimit = ({ Override }: FailoverGuard): boolean =>
  !Override && policy.FailoverMaxLagSeconds !== undefined;
