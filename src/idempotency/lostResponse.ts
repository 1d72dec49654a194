import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { isStable } from '../datastores/status.ts';
import { Problem } from '../problems/problem.ts';

/** An earlier attempt at a request of which no response was stored, so that it may have been applied. */
export interface PreviousAttempt {
  /** The datastore just before that attempt called AWS. Undefined if it did not come so far, or if the change reads none. */
  readonly snapshot?: GlobalDatastore;
  /** True if no other change through this API has started on the datastore since. */
  readonly noOtherChangeSince: boolean;
}

/**
 * Returns whether AWS rejects a change because of the previous attempt at the same request: the datastore was stable in the
 * snapshot and no other change has started since.
 */
export const isOwnChangeInProgress = (problem: unknown, previous: PreviousAttempt | undefined): boolean =>
  problem instanceof Problem &&
  problem.code === 'InvalidGlobalReplicationGroupStateFault' &&
  previous?.snapshot !== undefined &&
  previous.noOtherChangeSince &&
  isStable(previous.snapshot);

/**
 * Resolves a change whose response was lost, in this attempt or in a previous one, by reading the resource again. Returns the
 * result of `findApplied` if the change was applied. Rethrows `problem` if the change was definitely rejected. Throws
 * `OutcomeUnknown` if `findApplied` fails, or if AWS reports a change in progress that may be this one.
 */
export async function resolveLostResponse<T>(
  problem: unknown,
  previous: PreviousAttempt | undefined,
  findApplied: () => Promise<T | undefined>,
): Promise<T> {
  if (!(problem instanceof Problem)) throw problem;
  const unknown = problem.code === 'OutcomeUnknown' ? problem : problem.possiblyApplied;
  if (!unknown && !previous) throw problem;

  const applied = await findApplied().catch((error) => {
    throw unknown ?? error;
  });
  if (applied !== undefined) return applied;
  throw isChangeInProgress(problem) && unknown ? unknown : problem;
}

const isChangeInProgress = ({ code }: Problem) => /^Invalid(Global)?ReplicationGroupState/.test(code);
