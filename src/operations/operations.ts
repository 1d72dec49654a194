import { createHash, randomUUID } from 'node:crypto';
import type { Execution, GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { getExecution, listExecutions, startExecution, stopExecution } from '../aws/durableExecutions.ts';
import { parseIdempotencyKey } from '../idempotency/idempotencyKey.ts';
import type { Caller } from '../lib/caller.ts';
import { canonicalJson } from '../lib/canonicalJson.ts';
import { Problem } from '../problems/problem.ts';
import type { Goal, StoredGoal } from './goal.ts';

/** The operations that are under way where a new one is to begin. */
export interface Conflicts {
  /** The id of one that has the very same goal: no other is needed. */
  readonly sameGoal?: string;
  /** Those that have to end for it. */
  readonly conflicting: readonly Execution[];
}

/**
 * Whether an operation may begin: a datastore has one at a time. Throws `OperationRunning` when another wish is under way and
 * the new one does not supersede it.
 */
export async function checkConflicts(signal: AbortSignal, goal: Goal, supersede = false): Promise<Conflicts> {
  const conflicting = await findRunning(signal, goal.GlobalReplicationGroupId);
  const sameGoal = await findSameGoal(signal, conflicting, goal);
  if (sameGoal) return { sameGoal, conflicting: [] };
  const [other] = conflicting;
  if (other && !supersede) throw operationRunning(other);
  return { conflicting };
}

/** Who wants an operation, and under which key. */
interface OperationRequest {
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly event: { readonly headers: Readonly<Record<string, string | undefined>> };
}

/**
 * Starts an operation in the place of its conflicting and gives its id. With the same `Idempotency-Key` the same wish of the same
 * caller is the same operation, for as long as the engine remembers it.
 */
export async function startOperation(
  { signal, caller, event }: OperationRequest,
  wish: Goal,
  conflicting: readonly Execution[],
): Promise<string> {
  const key = parseIdempotencyKey(event.headers['idempotency-key']);
  const id = createOperationId(wish, key === undefined ? [randomUUID()] : [caller.principal, key]);
  const goal: StoredGoal = { v: 1, ...wish, RequestedBy: caller.name, OperationId: id };
  const reason = supersededBy(id);
  await Promise.all(conflicting.map(({ DurableExecutionArn }) => stopExecution(signal, DurableExecutionArn, reason)));
  const arn = await startExecution(signal, id, goal);
  if (!arn) return id; // begun before, from another state of things
  return resolveStartRace(signal, goal, id, arn, conflicting).catch(ignoreEngineOutage(id));
}

/**
 * The engine has no locks, so the list is read once more after a start: of two that began together, the later one ends. Both
 * see the earlier one, provided that the list shows an execution as soon as it is started (UNV).
 */
async function resolveStartRace(
  signal: AbortSignal,
  goal: Goal,
  id: string,
  arn: string,
  before: readonly Execution[],
): Promise<string> {
  const ours: Execution = await getExecution(signal, arn);
  const others = (await findRunning(signal, goal.GlobalReplicationGroupId)).filter(notIn([ours, ...before]));
  const [first = ours] = [ours, ...others].sort(byStart);
  if (first === ours || ours.Status !== 'RUNNING') return id;

  await stopExecution(signal, ours.DurableExecutionArn, supersededBy(first.DurableExecutionName));
  const sameGoal = await findSameGoal(signal, [first], goal);
  if (sameGoal) return sameGoal;
  throw operationRunning(first);
}

/** What is begun goes on, also when the engine does not tell whether it is alone. */
const ignoreEngineOutage = (id: string) => (problem: Problem) => {
  if (problem.code === 'OperationsUnavailable') return id;
  throw problem;
};

const supersededBy = (id: string | undefined): string => `Operation ${id} took its place.`;

const notIn = (some: readonly Execution[]) => (execution: Execution) =>
  !some.some(({ DurableExecutionArn }) => DurableExecutionArn === execution.DurableExecutionArn);

const byStart = (a: Execution, b: Execution): number =>
  Number(a.StartTimestamp) - Number(b.StartTimestamp) ||
  `${a.DurableExecutionName}`.localeCompare(`${b.DurableExecutionName}`);

/**
 * The id of an operation, which is the name of its execution: the datastore's id, `_`, and what tells operations apart. A name
 * has 64 characters at most; the longest id of a datastore that this API makes has 46.
 */
function createOperationId(goal: Goal, key: readonly string[]): string {
  const digest = createHash('sha256').update(canonicalJson([key, withoutSecrets(comparableGoal(goal))]));
  return `${prefixOf(goal.GlobalReplicationGroupId)}${digest.digest('hex').slice(0, 16)}`;
}

const prefixOf = (GlobalReplicationGroupId: string): string =>
  `${GlobalReplicationGroupId.toLowerCase().slice(0, 47)}_`;

/** The id of the datastore that an operation is about. */
export const datastoreIdOf = (operationId: string): string => operationId.slice(0, operationId.indexOf('_'));

/** Whether an execution is about a datastore. */
export const isForDatastore =
  (GlobalReplicationGroupId: string) =>
  ({ DurableExecutionName = '' }: Execution): boolean =>
    DurableExecutionName.startsWith(prefixOf(GlobalReplicationGroupId));

/** A goal without its passwords, as it may be shown and told apart. */
export const withoutSecrets = <G extends Pick<Goal, 'Members'>>(goal: G): G => ({
  ...goal,
  Members: goal.Members.map(({ AuthToken: _, ...member }) => member),
});

/** What makes two goals the same wish: not whose it is, nor in which state of things it came up. */
const comparableGoal = ({
  v: _,
  Known: __,
  RequestedBy: ___,
  OperationId: ____,
  ...goal
}: Goal & Partial<StoredGoal>) => goal;

/** The operations that are under way at a datastore: one, but for the moment in which one takes the place of another. */
export async function findRunning(signal: AbortSignal, GlobalReplicationGroupId: string): Promise<Execution[]> {
  const found: Execution[] = [];
  let marker: string | undefined;
  do {
    const page = await listExecutions(signal, { statuses: ['RUNNING'], marker });
    found.push(...page.executions.filter(isForDatastore(GlobalReplicationGroupId)));
    marker = page.marker;
  } while (marker);
  return found;
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

/** What an execution was started for. */
export const parseGoal = ({ InputPayload = '{}' }: GetDurableExecutionCommandOutput): Goal => JSON.parse(InputPayload);

function operationRunning({ DurableExecutionName: id = '' }: Execution): Problem {
  return new Problem(
    'OperationRunning',
    `Operation ${id} is under way at ${datastoreIdOf(id)}: follow it, cancel it, or put this in its place with ?Supersede=true.`,
    {
      headers: monitorLink(id),
      remedies: [
        { method: 'GET', href: `/operations/${id}` },
        { method: 'POST', href: `/operations/${id}/cancel` },
      ],
    },
  );
}

/** The header that leads to an operation (RFC 8288; the relation is of the IANA's list). */
export const monitorLink = (id: string) => ({ link: `</operations/${id}>; rel="monitor"` });

/** The execution of an operation with its input and how it ended. Throws `OperationNotFound`. */
export async function findOperation(signal: AbortSignal, id: string): Promise<GetDurableExecutionCommandOutput> {
  const { executions } = await listExecutions(signal, { name: id, most: 1 });
  const execution = executions.find(({ DurableExecutionName }) => DurableExecutionName === id);
  if (!execution) throw new Problem('OperationNotFound', `There is no operation ${id}.`);
  return getExecution(signal, execution.DurableExecutionArn);
}
