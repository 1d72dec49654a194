import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { AuditEntry } from '../../audit/auditTrail.ts';
import { isNotFound } from '../../aws/multiRegion.ts';
import { config } from '../../config.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../../datastores/globalDatastore.ts';
import type { CurrentState, Snapshot } from '../../datastores/snapshot.ts';
import { hasFailed, isStable } from '../../datastores/status.ts';
import { describeChange } from '../../idempotency/lostResponse.ts';
import { pollUntil } from '../../lib/pollUntil.ts';
import { requestContext } from '../../observability/requestContext.ts';
import { Problem, type Remedy } from '../../problems/problem.ts';
import type { AnyRequest, AnyResponse } from '../../schemas/apiRequest.ts';
import { parsePreferWait, preferenceApplied } from '../preferHeader.ts';
import { remediesOf } from '../remedies.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** A difference between the state after a change and its request. */
export interface Deviation {
  /** A sentence that names it, and one that names the way to resolve it if sending the change again is not enough. */
  readonly detail: string;
  /** Requests that resolve it, before those that show the resource and repeat the change. */
  readonly remedies?: readonly Remedy[];
}

/** The current state of a change whose datastore exists. */
export type ExistingState = CurrentState & { readonly GlobalReplicationGroup: GlobalDatastore };

/** The parts of a change that its wait needs. They are those of `ChangeSteps`. */
export interface WaitSteps {
  readonly isSettled?: (current: ExistingState) => boolean;
  readonly showCompleted?: (request: AnyRequest, datastore: GlobalDatastore) => Promise<ExistingState>;
  readonly findDeviation?: (
    current: ExistingState,
    request: AnyRequest,
    snapshot: Snapshot | undefined,
  ) => Deviation | undefined;
  readonly isAppliedIfDeleted?: boolean;
}

/**
 * Waits for a change with `Prefer: wait=N`, then responds 200 with the current state, or 202 if the change is in progress.
 * Throws `ChangeNotApplied` if the change has ended and the state deviates from the request. It does not wait for a response
 * with `Link`: its operation shows its own end.
 */
export const preferWait = (steps: WaitSteps) => ({
  after: async function waitForCompletion(request: PipelineRequest): Promise<void> {
    const { apiRequest, changeRecord } = request.context;
    const response = request.response as AnyResponse;
    const seconds = parsePreferWait(apiRequest.event.headers.prefer);
    if (response.status !== 202 || response.headers?.link !== undefined || seconds === undefined) return;

    const id = response.headers?.location?.split('/').at(-1) ?? '';
    const headers = { ...response.headers, ...preferenceApplied(seconds) };
    const startedAt = Date.now();
    const {
      current: { Settings: _, ...current },
      isConfirmed,
      deviation,
    } = await waitForEnd(id, seconds, steps, apiRequest, changeRecord?.snapshot);
    requestContext().waitedMs = Date.now() - startedAt;
    if (isConfirmed && deviation) {
      const others = await changeRecord?.findChangesOfOthers(current.GlobalReplicationGroup).catch(() => []);
      throw notApplied(apiRequest, current, deviation, others).with({ headers: preferenceApplied(seconds) });
    }
    const body = { ...(response.body as object), ...current };
    if (!isConfirmed) request.response = { status: 202, headers, body };
    else request.response = completed(headers, current.GlobalReplicationGroup ? body : showDeleted(response));
  },
});

/** The state of a change at one read. */
interface Look {
  readonly current: CurrentState;
  /** True if no change is in progress, the datastore does not exist, or what the change creates has failed. */
  readonly hasEnded: boolean;
  readonly deviation?: Deviation | undefined;
}

/**
 * Reads the state of a change until it has ended, for `seconds` at most. An end that deviates from the request counts after two
 * reads in a row: AWS does not document how soon a read shows a change. A read that fails is left out: the next one may
 * succeed.
 */
async function waitForEnd(
  id: string,
  seconds: number,
  steps: WaitSteps,
  request: AnyRequest,
  snapshot: Snapshot | undefined,
): Promise<Look & { readonly isConfirmed: boolean }> {
  let last: Look = { current: {}, hasEnded: false };
  let isConfirmed = false;
  await pollUntil(seconds, request.endsAt, config.pollMs, async () => {
    const look = await lookAt(id, steps, request, snapshot).catch(ignoreProblem);
    if (!look) return false;
    isConfirmed = look.hasEnded && (!look.deviation || look.deviation.detail === last.deviation?.detail);
    last = look;
    return isConfirmed;
  });
  return { ...last, isConfirmed };
}

async function lookAt(
  id: string,
  { showCompleted = showDatastore, findDeviation, isSettled, isAppliedIfDeleted }: WaitSteps,
  request: AnyRequest,
  snapshot: Snapshot | undefined,
): Promise<Look> {
  const datastore = await findUnlessDeleted(request.signal, id);
  if (!datastore) {
    const deviation = isAppliedIfDeleted ? undefined : { detail: `The datastore ${id} does not exist.` };
    return { current: {}, hasEnded: true, deviation };
  }
  const current = await showCompleted(request, datastore);
  if (hasFailed(datastore)) return { current, hasEnded: true, deviation: { detail: `${id} is ${datastore.Status}.` } };
  const isAtRest = isStable(datastore) && (isSettled?.(current) ?? true);
  if (!isAtRest && !hasFailed(current.ReplicationGroup)) return { current, hasEnded: false };
  return { current, hasEnded: true, deviation: findDeviation?.(current, request, snapshot) };
}

const showDatastore = async (_: AnyRequest, GlobalReplicationGroup: GlobalDatastore): Promise<ExistingState> => ({
  GlobalReplicationGroup,
});

async function findUnlessDeleted(signal: AbortSignal, id: string): Promise<GlobalDatastore | undefined> {
  try {
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, id);
    return GlobalReplicationGroup.Status === 'deleted' ? undefined : GlobalReplicationGroup;
  } catch (problem) {
    if (isNotFound(problem)) return undefined;
    throw problem;
  }
}

function ignoreProblem(problem: unknown): undefined {
  if (!(problem instanceof Problem)) throw problem;
}

/** Returns the problem of a change that has ended with another state than the requested one. */
function notApplied(
  request: AnyRequest,
  current: CurrentState,
  { detail, remedies = [] }: Deviation,
  others: readonly AuditEntry[] = [],
) {
  const { rawPath, requestContext } = request.event;
  const sentences = [
    'AWS accepted the change, and it has ended in another state than the requested one.',
    detail,
    ...others.slice(0, 3).map(describeChange),
    'To try again, send the request with another Idempotency-Key.',
  ];
  return new Problem('ChangeNotApplied', sentences.join(' '), {
    current,
    remedies: [...remedies, ...remediesOf(request), { method: requestContext.http.method, href: rawPath }],
  });
}

/** Returns the response to a complete change, without `Retry-After`. */
function completed({ 'retry-after': _, ...headers }: Record<string, string>, body: object): AnyResponse {
  return { status: 200, headers, body };
}

/** Returns the body for a deleted datastore: the datastore as last read, and what it leaves. */
function showDeleted({ body }: AnyResponse): object {
  const { GlobalReplicationGroup } = body as { GlobalReplicationGroup: GlobalReplicationGroup };
  return { ...(body as object), GlobalReplicationGroup: { ...GlobalReplicationGroup, Status: 'deleted' } };
}
