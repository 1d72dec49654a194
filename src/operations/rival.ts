import type { Execution } from '@aws-sdk/client-lambda';
import { type AuditEntry, readChangesSince } from '../audit/auditTrail.ts';
import { findExecution } from '../aws/durableExecutions.ts';
import { isUnanswered } from '../aws/lambdaClient.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { type Admission, currentAdmission, fromTable } from './admission.ts';
import { changeIdOf, type Goal, type MemberKey, memberName } from './goal.ts';

/** The operation that a datastore has admitted, and its execution if the engine has it. */
export interface Rival {
  readonly admission: Admission;
  readonly execution?: Execution;
  /** False if it has ended, if it never started, if the datastore is another one now, or if its region does not respond. */
  readonly isRunning: boolean;
}

/** Returns the operation that a datastore has admitted. Undefined if it has none. Throws `OperationsUnavailable`. */
export async function findRival(signal: AbortSignal, GlobalReplicationGroupId: string): Promise<Rival | undefined> {
  const admission = await currentAdmission(GlobalReplicationGroupId);
  if (!admission) return undefined;
  const { OperationId, region, acceptedAt } = admission;
  const since = new Date(acceptedAt).toISOString();
  if (await fromTable(isNewLife({ GlobalReplicationGroupId, OperationId }, since)))
    return { admission, isRunning: false };
  try {
    const execution = await findExecution(signal, OperationId, region);
    const isStarting = !execution && Date.now() - acceptedAt < startingMs;
    return { admission, execution, isRunning: isStarting || execution?.Status === 'RUNNING' };
  } catch (problem) {
    const isOut = region !== config.region && !signal.aborted && problem instanceof Problem && isUnanswered(problem);
    if (!isOut) throw problem;
    return { admission, isRunning: false };
  }
}

/** The time in which the request that has admitted an operation starts its execution: the longest time of a request. */
const startingMs = 35_000;

/** Returns whether a new operation may replace a rival. */
export const isReplaceable = ({ isRunning, admission }: Rival, supersede: boolean): boolean =>
  !isRunning || (supersede && admission.region === config.region);

/**
 * Returns whether the datastore of an operation may have been deleted, or created again, since a time, by the audit trails of
 * the datastore and of these members. The operation's own change and its steps are not such changes.
 */
export async function isNewLife(
  { GlobalReplicationGroupId, OperationId = '' }: Pick<Goal, 'GlobalReplicationGroupId' | 'OperationId'>,
  since: string,
  members: readonly MemberKey[] = [],
): Promise<boolean> {
  const changeId = changeIdOf(OperationId);
  const subjects = [GlobalReplicationGroupId, ...members.map(memberName)];
  const changes = await Promise.all(subjects.map((subject) => readChangesSince(subject, since, changeId)));
  return changes.flat().some(endsLife);
}

/** Returns whether a change deletes a datastore or creates one. */
function endsLife({ Route, Request }: AuditEntry): boolean {
  const { query, step } = Request as { query?: { DetachSecondaries?: boolean }; step?: string };
  if (Route === 'POST /global-datastores') return true;
  if (Route === 'operation') return step?.includes('(DeleteGlobalReplicationGroup)') ?? false;
  return Route === 'DELETE /global-datastores/{GlobalReplicationGroupId}' && !query?.DetachSecondaries;
}
