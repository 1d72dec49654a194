import { isApplied, type ShownChange } from './isApplied.ts';
import type { GlobalReplicationGroup, Operation, Operations } from './operations.ts';
import { GlobalDatastoreError } from './problem.ts';
import type { CallOptions } from './request.ts';
import { sleep } from './sleep.ts';

/** The options of a waiter. */
export interface WaitOptions<Observed> {
  /** The limit of the wait. Default: an hour, and five hours for an operation, which is longer than one can run. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  /** Called with the observed state after each change of it. */
  readonly onProgress?: (observed: Observed) => void;
}

/** The reads that the waiters call. */
export interface Reads {
  getGlobalDatastore(
    input: Operations['getGlobalDatastore']['input'],
    options?: CallOptions,
  ): Promise<Operations['getGlobalDatastore']['output']>;
  getOperation(
    input: Operations['getOperation']['input'],
    options?: CallOptions,
  ): Promise<Operations['getOperation']['output']>;
}

const hour = 3600;
/** The time between two reads in milliseconds. Each read waits in the API, too. */
const pauseMs = 500;

/** Waits until no change of a datastore is in progress. */
export async function waitUntilStable(
  reads: Reads,
  id: string,
  options: WaitOptions<GlobalReplicationGroup | undefined>,
): Promise<GlobalReplicationGroup | undefined> {
  for await (const group of observations(
    (wait) => findDatastore(reads, id, { wait, signal: options.signal }),
    options,
    hour,
  ))
    if (!group || isStable(group)) return group;
  throw stillChanging(id);
}

/**
 * Waits until a change is applied. The error needs two reads in a row: AWS does not document how soon a read shows a change.
 */
export async function waitUntilApplied<N extends ShownChange>(
  reads: Reads,
  operation: N,
  input: Operations[N]['input'],
  options: WaitOptions<GlobalReplicationGroup | undefined>,
): Promise<GlobalReplicationGroup | undefined> {
  const { GlobalReplicationGroupId: id } = input;
  let misses = 0;
  for await (const group of observations(
    (wait) => findDatastore(reads, id, { wait, signal: options.signal }),
    options,
    hour,
  )) {
    const isFailed = group?.Status.endsWith('failed') ?? false;
    const hasEnded = !group || isStable(group) || isFailed;
    if (hasEnded && !isFailed && isApplied(operation, input, group)) return group;
    misses = hasEnded ? misses + 1 : 0;
    if (misses === 2) throw notApplied(operation, id);
  }
  throw stillChanging(id);
}

/** Waits until an operation has succeeded. */
export async function waitForOperation(
  reads: Reads,
  OperationId: string,
  options: WaitOptions<Operation>,
): Promise<Operation> {
  const read = async (wait: number) =>
    (await reads.getOperation({ OperationId }, { wait, signal: options.signal })).Operation;
  for await (const operation of observations(read, options, 5 * hour)) {
    if (operation.Status === 'SUCCEEDED') return operation;
    if (hasEnded(operation)) throw notSucceeded(operation);
  }
  throw stillChanging(OperationId);
}

/**
 * Yields the results of `read` until the limit, and reports each difference. The argument of `read` is the seconds for which
 * the API waits for the end of the change: few if the progress is reported, else many.
 */
async function* observations<Observed>(
  read: (wait: number) => Promise<Observed>,
  { seconds, signal, onProgress }: WaitOptions<Observed>,
  defaultSeconds: number,
): AsyncGenerator<Observed> {
  const end = Date.now() + (seconds ?? defaultSeconds) * 1000;
  let reported: string | undefined;
  for (; Date.now() < end; await sleep(pauseMs, signal)) {
    const observed = await read(onProgress ? 1 : 20);
    const text = JSON.stringify(observed) ?? '';
    if (text !== reported) onProgress?.(observed);
    reported = text;
    yield observed;
  }
}

async function findDatastore(
  reads: Reads,
  GlobalReplicationGroupId: string,
  options: CallOptions,
): Promise<GlobalReplicationGroup | undefined> {
  try {
    return (await reads.getGlobalDatastore({ GlobalReplicationGroupId }, options)).GlobalReplicationGroup;
  } catch (error) {
    if (error instanceof GlobalDatastoreError && error.status === 404) return undefined;
    throw error;
  }
}

const isStable = ({ Status, Members = [] }: GlobalReplicationGroup): boolean =>
  ['available', 'primary-only'].includes(Status) && Members.every((member) => member.Status === 'associated');

/** Returns whether the operation has ended. `EndedAt` covers statuses that are unknown to this client. */
const hasEnded = ({ Status, EndedAt }: Operation): boolean =>
  EndedAt !== undefined || Status === 'FAILED' || Status === 'STOPPED';

const stillChanging = (id: string) =>
  new GlobalDatastoreError(0, { code: 'StillChanging', detail: `${id} is still changing.` });

function notApplied(operation: string, id: string): GlobalDatastoreError {
  const detail = `AWS accepted ${operation} of ${id}, and it has ended in another state than the requested one. Compare the datastore with the request.`;
  return new GlobalDatastoreError(0, { code: 'ChangeNotApplied', detail, instance: `/global-datastores/${id}` });
}

/** Creates the error of an operation that did not reach its goal. Its cause is the operation. */
function notSucceeded(operation: Operation): GlobalDatastoreError {
  const { OperationId, Status, Reason = 'It gave no reason.', Advice = '' } = operation;
  const code = Status === 'STOPPED' ? 'OperationStopped' : 'OperationFailed';
  const detail = `${OperationId}: ${Reason} ${Advice}`.trim();
  return new GlobalDatastoreError(0, { code, detail, instance: `/operations/${OperationId}` }, { cause: operation });
}
