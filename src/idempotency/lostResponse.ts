import type { AuditEntry } from '../audit/auditTrail.ts';
import { formatMembers } from '../datastores/globalDatastore.ts';
import type { Snapshot } from '../datastores/snapshot.ts';
import { Problem, type Remedy } from '../problems/problem.ts';

/** The state after a response was lost, and the other changes since. */
export interface Aftermath {
  readonly current: Snapshot | undefined;
  /** The changes of other requests to this API since the change was sent, the latest first. */
  readonly others: readonly AuditEntry[];
}

/** Returns `OutcomeUnknown` of a problem: the response was lost, in this attempt or in one before it. Undefined if none was. */
export const lostResponseOf = (problem: unknown): Problem | undefined => {
  if (!(problem instanceof Problem)) return undefined;
  return problem.code === 'OutcomeUnknown' ? problem : problem.possiblyApplied;
};

/** Returns the outcome of a change that failed: `unknown` only if it was sent and may have been applied. */
export function failureOutcomeOf(problem: Problem, isSent: boolean): 'refused' | 'failed' | 'unknown' {
  const { status, code, possiblyApplied } = problem;
  const isRefusal = status < 500 || (!isSent && code === 'OutcomeUnknown');
  if (isSent && (possiblyApplied || !(isRefusal || failuresWithoutChange.has(code)))) return 'unknown';
  return isRefusal ? 'refused' : 'failed';
}

/** The failures of a call of which no attempt may have been applied. */
const failuresWithoutChange: ReadonlySet<string> = new Set([
  'UpstreamThrottled',
  'UpstreamError',
  'UpstreamUnreachable',
  'UpstreamTimeout',
  'UpstreamAccessDenied',
  'IdempotencyStoreUnavailable',
]);

/** Returns `OutcomeUnknown` for a change of an earlier attempt, with the request that shows the resource. */
export const outcomeOfEarlierAttemptUnknown = (aftermath: Aftermath, remedies: readonly Remedy[]): Problem =>
  new Problem('OutcomeUnknown', 'An earlier attempt was sent to AWS, and its outcome is unknown.', {
    remedies,
    publicDetail: `Nothing was sent now. ${describeAftermath(aftermath)}`,
  });

/** Formats the current state and the changes of other requests. */
export function describeAftermath({ current, others }: Aftermath): string {
  return [describeCurrent(current), ...others.slice(0, 3).map(describeChange)].join(' ');
}

function describeCurrent({ GlobalReplicationGroup, ReplicationGroup }: Snapshot = {}): string {
  const parts = [
    GlobalReplicationGroup &&
      `${GlobalReplicationGroup.GlobalReplicationGroupId} is ${GlobalReplicationGroup.Status}. Members are ${formatMembers(GlobalReplicationGroup)}.`,
    ReplicationGroup && `${ReplicationGroup.ReplicationGroupId} is ${ReplicationGroup.Status}.`,
  ].filter(Boolean);
  return parts.join(' ') || 'The resource does not exist.';
}

/** Formats a change of another request: its caller, route, time and outcome. */
export const describeChange = ({ Caller, Route, Time, Outcome }: AuditEntry): string =>
  `${Caller} sent ${Route} at ${Time} (${Outcome}).`;
