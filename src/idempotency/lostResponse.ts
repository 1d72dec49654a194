import { Problem, type Remedy } from '../problems/problem.ts';

/**
 * Whether an AWS action may be sent again after its answer was lost. Reads may. A change may where its parameters name what
 * it makes or ends, so that a repeat does nothing new and is refused as a repeat: its handler then finds out what the first
 * one came to. Any other change is sent once: it would be refused for what it has itself set going, or done twice.
 */
export const isSafeToRetry = (action: string): boolean => isRead(action) || naturallyIdempotent.has(action);

/** Whether an AWS action changes nothing. */
export const isRead = (action: string): boolean => /^(Describe|List)/.test(action);

const naturallyIdempotent = new Set([
  'CreateGlobalReplicationGroup',
  'CreateReplicationGroup',
  'DeleteGlobalReplicationGroup',
  'DisassociateGlobalReplicationGroup',
  'FailoverGlobalReplicationGroup',
]);

/** The members of an input that say what a change is about. */
export interface ChangedIds {
  readonly GlobalReplicationGroupId?: string;
  readonly ReplicationGroupId?: string;
  readonly PrimaryReplicationGroupId?: string;
}

/** The problem of a change whose answer was `lost`: nobody knows whether it was made, and this is where to look. */
export function outcomeUnknown(lost: Problem, action: string, input: ChangedIds, region: string): Problem {
  return new Problem('OutcomeUnknown', `The answer to ${action} was lost: ${lost.message}`, {
    upstream: lost.upstream,
    remedies: [readRequestFor(action, input, region)],
    cause: lost,
  });
}

function readRequestFor(action: string, input: ChangedIds, region: string): Remedy {
  const group =
    action === 'CreateReplicationGroup'
      ? input.ReplicationGroupId
      : action === 'CreateGlobalReplicationGroup' && input.PrimaryReplicationGroupId; // the datastore's id is AWS's to choose
  const href = group
    ? `/replication-groups/${region}/${group}`
    : `/global-datastores/${input.GlobalReplicationGroupId}`;
  return { method: 'GET', href };
}

/**
 * What a change came to whose answer was lost, in this run or, when it is `resumed`, in an earlier one: what `look` finds. A
 * problem without a doubt stands, and so does a refusal of a later attempt when `look` finds nothing made. The doubt stays
 * when `look` fails, and when the refusal was for something under way, which may be that very change.
 */
export async function resolveLostResponse<T>(
  problem: unknown,
  look: () => Promise<T | undefined>,
  resumed?: object,
): Promise<T> {
  if (!(problem instanceof Problem)) throw problem;
  const doubt = problem.code === 'OutcomeUnknown' ? problem : (problem.possiblyApplied ?? resumed);
  if (!doubt) throw problem;

  const found = await look().catch((trouble) => {
    throw doubt instanceof Problem ? doubt : trouble;
  });
  if (found !== undefined) return found;
  throw isChangeInProgress(problem) && doubt instanceof Problem ? doubt : problem;
}

const isChangeInProgress = ({ code }: Problem) => /^Invalid(Global)?ReplicationGroupState/.test(code);

/** Undefined for what AWS says is not there. Throws any other problem. */
export function undefinedIfNotFound(problem: unknown): undefined {
  if (!(problem instanceof Problem && problem.status === 404)) throw problem;
}
