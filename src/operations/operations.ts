import type { Execution } from '@aws-sdk/client-lambda';
import { startExecution, stopExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import type { Caller } from '../lib/caller.ts';
import { Problem, undefinedIfNotFound } from '../problems/problem.ts';
import { admit } from './admission.ts';
import { isEvacuationId } from './evacuation/evacuation.ts';
import { findOperation } from './findOperation.ts';
import { digestOf, type Goal, type StoredGoal } from './goal.ts';
import { findRival, isReplaceable, type Rival } from './rival.ts';

/** The request that an operation carries out. */
export interface OperationRequest {
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly owner?: string;
  /** The id of the change. A retry under the same `Idempotency-Key` has the same, and therefore the same operation. */
  readonly changeId: string;
}

/** Returns the present state with the operation that an earlier attempt at a request started. Undefined if it started none. */
export async function withOwnOperation<
  Current extends { readonly GlobalReplicationGroup: Pick<Goal, 'GlobalReplicationGroupId'> },
>(
  { signal, changeId }: Pick<OperationRequest, 'signal' | 'changeId'>,
  current: Current,
): Promise<(Current & { readonly OperationId: string }) | undefined> {
  const OperationId = toOperationId(current.GlobalReplicationGroup.GlobalReplicationGroupId, changeId);
  const found = await findOperation(signal, OperationId).catch(undefinedIfNotFound);
  return found && { ...current, OperationId };
}

/** The place of a new operation: the operation that it replaces, or the present operation with the same goal. */
export interface Place {
  readonly existing?: string;
  readonly replaces?: Rival;
}

/**
 * Finds the place of a new operation: a datastore has one at a time. An operation of the other region is never superseded from
 * here, and replaced only if that region does not respond.
 * @throws Problem `OperationRunning` if one has another goal and the new one does not supersede it.
 */
export async function findPlace(request: OperationRequest, goal: Goal, supersede = false): Promise<Place> {
  const { signal } = request;
  const rival = await findRival(signal, goal.GlobalReplicationGroupId);
  if (!rival?.isRunning) return { replaces: rival };
  if (rival.admission.goal === digestOf(goal)) return { existing: await joinOperation(signal, goal, request, rival) };
  if (!isReplaceable(rival, supersede)) throw operationRunning(rival);
  return { replaces: rival };
}

/**
 * Starts an operation in its place and returns its id. The same change gets the same operation. `url` is the public URL of this
 * API, for an API without a regional one.
 */
export async function startOperation(
  request: OperationRequest,
  goal: Goal,
  { existing, replaces }: Place,
  url: string,
): Promise<string> {
  if (existing !== undefined) return existing;
  const { signal } = request;
  const OperationId = toOperationId(goal.GlobalReplicationGroupId, request.changeId);
  const acceptedAt = Date.now();
  const { region, regionalUrl = url } = config; // a domain name of both regions would not lead back here
  const admission = { OperationId, region, url: regionalUrl, goal: digestOf(goal), acceptedAt };
  if (!(await admit(goal.GlobalReplicationGroupId, admission, replaces?.admission))) {
    const rival = await findRival(signal, goal.GlobalReplicationGroupId);
    if (rival?.isRunning && rival.admission.goal === admission.goal) return joinOperation(signal, goal, request, rival);
    if (rival?.admission.OperationId !== OperationId) throw operationRunning(rival);
  }
  if (replaces?.isRunning && replaces.execution)
    await stopExecution(signal, replaces.execution.DurableExecutionArn, `Operation ${OperationId} superseded it.`);
  await startGoal(signal, goal, request, OperationId);
  return OperationId;
}

/** Returns the id of an operation that has the same goal. Starts it if its own request has not, yet or ever. */
async function joinOperation(
  signal: AbortSignal,
  goal: Goal,
  request: OperationRequest,
  { admission: { OperationId, region }, execution }: Rival,
): Promise<string> {
  if (!execution && region === config.region) await startGoal(signal, goal, request, OperationId);
  return OperationId;
}

/** Starts an execution, unless there is one of its name. */
async function startGoal(signal: AbortSignal, goal: Goal, { caller, owner }: OperationRequest, OperationId: string) {
  const input: StoredGoal = {
    v: 1,
    ...goal,
    ...(owner !== undefined && { Owner: owner }),
    RequestedBy: caller.name,
    OperationId,
  };
  await startExecution(signal, OperationId, input);
}

/**
 * Returns the id of an operation, which is also the name of its execution: the id of the datastore, `_` and the id of the change. A
 * name has at most 64 characters. The longest id of a datastore that this API creates has 46.
 */
export const toOperationId = (GlobalReplicationGroupId: string, changeId: string): string =>
  `${prefixOf(GlobalReplicationGroupId)}${changeId}`;

const prefixOf = (GlobalReplicationGroupId: string): string =>
  `${GlobalReplicationGroupId.toLowerCase().slice(0, 47)}_`;

/** Returns the id of the datastore in the id of an operation. */
export const datastoreIdOf = (operationId: string): string => operationId.slice(0, operationId.indexOf('_'));

/** Returns whether an execution is an operation of one datastore. */
export const isOperation = ({ DurableExecutionName = '' }: Execution): boolean => !isEvacuationId(DurableExecutionName);

/** Returns a predicate for the executions that concern a datastore. */
export const isForDatastore =
  (GlobalReplicationGroupId: string) =>
  ({ DurableExecutionName = '' }: Execution): boolean =>
    DurableExecutionName.startsWith(prefixOf(GlobalReplicationGroupId));

/** Returns the refusal of an operation while another is running. It names the API of the other region, if it runs there. */
function operationRunning(rival: Rival | undefined): Problem {
  if (!rival) return new Problem('OperationRunning', 'Several operations of the datastore start at the same time.');
  const { OperationId, region, url } = rival.admission;
  const isPeer = region !== config.region;
  const path = `${isPeer ? url : ''}/operations/${OperationId}`;
  const place = isPeer ? ` at ${url} in ${region}` : '';
  const advice = isPeer
    ? 'Wait for it, or cancel or supersede it there.'
    : 'Wait for it, cancel it, or supersede it with ?Supersede=true.';
  return new Problem(
    'OperationRunning',
    `Operation ${OperationId} is running on ${datastoreIdOf(OperationId)}${place}. ${advice}`,
    {
      headers: { link: `<${path}>; rel="monitor"` },
      remedies: [
        { method: 'GET', href: path },
        { method: 'POST', href: `${path}/cancel` },
      ],
    },
  );
}
