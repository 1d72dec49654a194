import type { Execution, GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { getExecution, listExecutions, startExecution, stopExecution } from '../aws/durableExecutions.ts';
import type { Caller } from '../lib/caller.ts';
import { canonicalJson } from '../lib/canonicalJson.ts';
import { Problem, undefinedIfNotFound } from '../problems/problem.ts';
import type { Goal, StoredGoal } from './goal.ts';

/** The running operations of a datastore, as far as they matter to a new one. */
export interface Conflicts {
  /** The id of the running operation that has the same goal. No new operation is needed then. */
  readonly sameGoal?: string;
  /** The running operations that must be stopped before the new one starts. */
  readonly conflicting: readonly Execution[];
}

/**
 * Finds the running operations that conflict with a new one: a datastore has one at a time.
 * @throws Problem `OperationRunning` if one has another goal and the new one does not supersede it.
 */
export async function checkConflicts(signal: AbortSignal, goal: Goal, supersede = false): Promise<Conflicts> {
  const conflicting = await findRunning(signal, goal.GlobalReplicationGroupId);
  const sameGoal = await findSameGoal(signal, conflicting, goal);
  if (sameGoal) return { sameGoal, conflicting: [] };
  const [other] = conflicting;
  if (other && !supersede) throw operationRunning(other);
  return { conflicting };
}

/** The request that an operation carries out. */
interface OperationRequest {
  readonly signal: AbortSignal;
  readonly caller: Caller;
  /** The id of the change. A retry under the same `Idempotency-Key` has the same, and therefore the same operation. */
  readonly changeId: string;
}

/** Returns the id of the operation that an earlier attempt at a request started on a datastore, if it did. */
export async function findOwnOperation(
  { signal, changeId }: Pick<OperationRequest, 'signal' | 'changeId'>,
  { GlobalReplicationGroupId }: Pick<Goal, 'GlobalReplicationGroupId'>,
): Promise<string | undefined> {
  const id = toOperationId(GlobalReplicationGroupId, changeId);
  return (await findOperation(signal, id).catch(undefinedIfNotFound)) && id;
}

/**
 * Stops the conflicting operations, starts a new one and returns its id. The same change gets the
 * same operation.
 */
export async function startOperation(
  { signal, caller, changeId }: OperationRequest,
  requestedGoal: Goal,
  conflicting: readonly Execution[],
): Promise<string> {
  const id = toOperationId(requestedGoal.GlobalReplicationGroupId, changeId);
  const goal: StoredGoal = { v: 1, ...requestedGoal, RequestedBy: caller.name, OperationId: id };
  const reason = supersededBy(id);
  await Promise.all(conflicting.map(({ DurableExecutionArn }) => stopExecution(signal, DurableExecutionArn, reason)));
  const arn = await startExecution(signal, id, goal);
  if (!arn) return id; // started earlier, when the datastore had other members
  return resolveStartRace(signal, goal, id, arn, conflicting).catch(ignoreEngineOutage(id));
}

/**
 * Lists the running operations again after a start and stops this one if another started earlier. The engine has no locks.
 * Both of two concurrent starts see the earlier one. unverified: the list shows an execution as soon as it has started.
 */
async function resolveStartRace(
  signal: AbortSignal,
  goal: Goal,
  id: string,
  arn: string,
  stopped: readonly Execution[],
): Promise<string> {
  const started: Execution = await getExecution(signal, arn);
  const others = (await findRunning(signal, goal.GlobalReplicationGroupId)).filter(isNotAmong([started, ...stopped]));
  const [first = started] = [started, ...others].sort(byStart);
  if (first === started || started.Status !== 'RUNNING') return id;

  await stopExecution(signal, started.DurableExecutionArn, supersededBy(first.DurableExecutionName));
  const sameGoal = await findSameGoal(signal, [first], goal);
  if (sameGoal) return sameGoal;
  throw operationRunning(first);
}

/** Returns an error handler: an outage of the engine after the start does not fail the request. */
const ignoreEngineOutage = (id: string) => (problem: Problem) => {
  if (problem.code === 'OperationsUnavailable') return id;
  throw problem;
};

const supersededBy = (id: string | undefined): string => `Operation ${id} superseded it.`;

const isNotAmong = (others: readonly Execution[]) => (execution: Execution) =>
  !others.some(({ DurableExecutionArn }) => DurableExecutionArn === execution.DurableExecutionArn);

const byStart = (a: Execution, b: Execution): number =>
  Number(a.StartTimestamp) - Number(b.StartTimestamp) ||
  `${a.DurableExecutionName}`.localeCompare(`${b.DurableExecutionName}`);

/**
 * Returns the id of an operation, which is also the name of its execution: the id of the datastore, `_` and the id of the change. A
 * name has at most 64 characters. The longest id of a datastore that this API creates has 46.
 */
const toOperationId = (GlobalReplicationGroupId: string, changeId: string): string =>
  `${prefixOf(GlobalReplicationGroupId)}${changeId}`;

const prefixOf = (GlobalReplicationGroupId: string): string =>
  `${GlobalReplicationGroupId.toLowerCase().slice(0, 47)}_`;

/** Returns the id of the datastore in the id of an operation. */
export const datastoreIdOf = (operationId: string): string => operationId.slice(0, operationId.indexOf('_'));

/** Returns a predicate for the executions that concern a datastore. */
export const isForDatastore =
  (GlobalReplicationGroupId: string) =>
  ({ DurableExecutionName = '' }: Execution): boolean =>
    DurableExecutionName.startsWith(prefixOf(GlobalReplicationGroupId));

/** Returns a goal without passwords, for responses and digests. */
export const withoutSecrets = <G extends Pick<Goal, 'Members'>>(goal: G): G => ({
  ...goal,
  Members: goal.Members.map(({ AuthToken: _, ...member }) => member),
});

/** Returns the desired state of a goal without its origin: goals that are equal in it ask for the same. */
const comparableGoal = ({
  v: _,
  Known: __,
  RequestedBy: ___,
  OperationId: ____,
  ...desiredState
}: Goal & Partial<StoredGoal>) => desiredState;

/** Returns the running operations of a datastore. It has at most one, except while a new one supersedes it. */
export async function findRunning(signal: AbortSignal, GlobalReplicationGroupId: string): Promise<Execution[]> {
  const running: Execution[] = [];
  let marker: string | undefined;
  do {
    const page = await listExecutions(signal, { statuses: ['RUNNING'], marker });
    running.push(...page.executions.filter(isForDatastore(GlobalReplicationGroupId)));
    marker = page.marker;
  } while (marker);
  return running;
}

async function findSameGoal(
  signal: AbortSignal,
  executions: readonly Execution[],
  goal: Goal,
): Promise<string | undefined> {
  for (const { DurableExecutionArn, DurableExecutionName } of executions) {
    const other = parseGoal(await getExecution(signal, DurableExecutionArn));
    if (canonicalJson(comparableGoal(other)) === canonicalJson(comparableGoal(goal))) return DurableExecutionName;
  }
  return undefined;
}

/** Parses the goal from the input of an execution. */
export const parseGoal = ({ InputPayload = '{}' }: GetDurableExecutionCommandOutput): Goal => JSON.parse(InputPayload);

function operationRunning({ DurableExecutionName: id = '' }: Execution): Problem {
  return new Problem(
    'OperationRunning',
    `Operation ${id} is running on ${datastoreIdOf(id)}. Wait for it, cancel it, or supersede it with ?Supersede=true.`,
    {
      headers: monitorLink(id),
      remedies: [
        { method: 'GET', href: `/operations/${id}` },
        { method: 'POST', href: `/operations/${id}/cancel` },
      ],
    },
  );
}

/** Returns the Link header to an operation (RFC 8288; `monitor` is a relation registered with IANA). */
export const monitorLink = (id: string) => ({ link: `</operations/${id}>; rel="monitor"` });

/** Returns the execution of an operation with its input and its result. Throws `OperationNotFound`. */
export async function findOperation(signal: AbortSignal, id: string): Promise<GetDurableExecutionCommandOutput> {
  const { executions } = await listExecutions(signal, { name: id, limit: 1 });
  const execution = executions.find(({ DurableExecutionName }) => DurableExecutionName === id);
  if (!execution) throw new Problem('OperationNotFound', `Operation ${id} does not exist.`);
  return getExecution(signal, execution.DurableExecutionArn);
}
