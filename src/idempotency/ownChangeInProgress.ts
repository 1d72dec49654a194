import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { isStable } from '../http/preferHeader.ts';
import type { Problem } from '../problems/problem.ts';
import type { PreviousAttempt } from './withIdempotency.ts';

/**
 * For a change that AWS refuses since one is under way: gives the datastore as it is now, when the one under way is this very
 * change, made by an earlier run whose answer was lost. The datastore was at rest just before it was asked for, and nobody
 * else has begun another since. Throws the problem else.
 */
export const acceptOwnChangeInProgress =
  (group: GlobalDatastore, resumed: PreviousAttempt | undefined) => (problem: Problem) => {
    const before = resumed?.undisturbed && resumed.before;
    const busy = problem.code === 'InvalidGlobalReplicationGroupStateFault';
    if (busy && before && isStable(before)) return { GlobalReplicationGroup: group };
    throw problem;
  };
