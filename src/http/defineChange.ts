import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { canShowChange, isSameSnapshot, type Snapshot, takeSnapshot } from '../datastores/snapshot.ts';
import type { ChangeRecord } from '../idempotency/changeRecord.ts';
import type { SentAttempt } from '../idempotency/idempotencyRecord.ts';
import {
  type Aftermath,
  describeAftermath,
  lostResponseOf,
  outcomeOfEarlierAttemptUnknown,
} from '../idempotency/lostResponse.ts';
import type { DryRunResult } from '../preflight/dryRunResult.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest, AnyResponse, ApiRequest, ApiResponse } from '../schemas/apiRequest.ts';
import type { RequestHeaderName } from '../schemas/requestHeaders.ts';
import type { Route } from '../schemas/route.ts';
import { changeRecord } from './middleware/changeRecord.ts';
import { dryRun } from './middleware/dryRun.ts';
import { ifMatch } from './middleware/ifMatch.ts';
import { ownership } from './middleware/ownership.ts';
import { policyRules } from './middleware/policyRules.ts';
import { type Deviation, type ExistingState, preferWait, type WaitSteps } from './middleware/preferWait.ts';
import { refusalExplainer } from './middleware/refusalExplainer.ts';
import { suffixHint } from './middleware/suffixHint.ts';
import { createPipeline, type LambdaHandler, toLambdaHandler } from './pipeline.ts';
import { remediesOf } from './remedies.ts';
import { acceptedDatastore } from './responses.ts';

/** A request for a change. */
export type ChangeRequest<R extends Route> = ApiRequest<R> & {
  /** The id of the change. A retry under the same `Idempotency-Key` has the same. */
  readonly changeId: string;
  /** The earlier attempt at this change that was sent and of which no response is stored, if any. */
  readonly previous?: SentAttempt;
};

/** The parts of a change that differ from route to route. `State` is what it starts from, `Result` what AWS returned. */
export interface ChangeSteps<R extends Route, State, Result> {
  /** Reads the state that the change starts from. Called again to find out whether the change was applied. */
  readonly load: (request: ChangeRequest<R>) => Promise<State>;
  /** Returns the result of an earlier attempt that only this change can have, such as its operation, if there is one. */
  readonly findOwnResult?: (request: ChangeRequest<R>, current: State) => Promise<NoInfer<Result> | undefined>;
  /** Returns whether `current` matches the request and `snapshot`, the state before, did not. */
  readonly isApplied?: (current: State, request: ChangeRequest<R>, snapshot: Snapshot | undefined) => boolean;
  /** True if the change may be sent again after other changes: no other request can create the same subject. */
  readonly isRepeatable?: boolean;
  /** Throws if the current state excludes the change. */
  readonly assertAllowed?: (current: State, request: ChangeRequest<R>) => void | Promise<void>;
  /** Calls AWS. `current` is undefined if the state cannot be read, only with `failOpen`. */
  readonly execute: (request: ChangeRequest<R>, current: State) => Promise<Result>;
  /** Returns the response, by default 202 with the datastore. `snapshot` is the state before the change. */
  readonly respond?: (
    result: Result | State,
    request: ChangeRequest<R>,
    snapshot: Snapshot | undefined,
  ) => ApiResponse<R> | Promise<ApiResponse<R>>;
  /** Returns whether the subject of the change has settled, apart from the datastore, for `Prefer: wait`. */
  readonly isSettled?: (current: ExistingState) => boolean;
  /** Returns the members of the body once the change is complete, for `Prefer: wait`, by default the datastore. */
  readonly showCompleted?: (request: ApiRequest<R>, datastore: GlobalDatastore) => Promise<ExistingState>;
  /**
   * Returns how the state deviates from the request, for `Prefer: wait`. `current` is what `showCompleted` returned when no
   * change was in progress. `snapshot` is the state before the change.
   */
  readonly findDeviation?: (
    current: ExistingState,
    request: ApiRequest<R>,
    snapshot: Snapshot | undefined,
  ) => Deviation | undefined;
  /** True if the change is applied once the datastore does not exist. */
  readonly isAppliedIfDeleted?: boolean;
  /** True if the change continues although its record cannot be stored or its state cannot be read. */
  readonly failOpen?: boolean;
}

/** The checks of a change, for a contract that `withDryRun` returned. */
type PreflightStep<R extends Route> = R extends {
  readonly query: { readonly properties: { readonly DryRun: unknown } };
}
  ? {
      /** Checks whether the change is possible: for `?DryRun=true`, and to explain a 400 of AWS. */
      readonly preflight: (request: ApiRequest<R>) => Promise<DryRunResult>;
    }
  : { readonly preflight?: undefined };

/**
 * Creates the Lambda handler of a contract that changes something. The order of a change:
 *
 * 1. change record: claim the Idempotency-Key, or replay the stored response
 * 2. ownership: 404 unless the subject is the caller's
 * 3. If-Match: 412 unless the datastore has the entity tag
 * 4. dry run: respond with checks and plan
 * 5. policy: 403 if a rule forbids the change
 * 6. load the state and compare it with that of an earlier attempt; record the change as sent
 * 7. execute, or recover a lost response
 * 8. explain a 400 of AWS with the failed checks
 * 9. Prefer: wait until the change is complete, and compare the state with the request
 * 10. change record: store the response
 * 11. change record: put the outcome into the audit trail
 *
 * Middlewares run in this order up to the handler, and in reverse order after it. A change supports the request headers
 * that its contract lists.
 */
export function defineChange<const R extends Route, State, Result>(
  contract: R,
  steps: ChangeSteps<R, State, Result> & PreflightStep<R>,
): LambdaHandler {
  const { failOpen = false } = steps;
  const preflight = steps.preflight as ((request: AnyRequest) => Promise<DryRunResult>) | undefined;
  const supports = (name: RequestHeaderName) => contract.headers?.includes(name);

  const pipeline = createPipeline(contract);
  pipeline.use(changeRecord(contract, { failOpen })); // 1, 10, 11
  if (contract.subject === 'datastore') pipeline.use(suffixHint());
  if (globalThis.POLICY_HAS_OWNERS !== false) pipeline.use(ownership(contract)); // 2
  if (supports('If-Match')) pipeline.use(ifMatch()); // 3
  if (preflight) pipeline.use(dryRun(contract, preflight)); // 4
  if (supports('Prefer')) pipeline.use(preferWait(steps as WaitSteps)); // 9
  if (globalThis.POLICY_HAS_RULES !== false) pipeline.use(policyRules(contract)); // 5
  if (preflight) pipeline.use(refusalExplainer(preflight)); // 8
  return toLambdaHandler(pipeline, ({ apiRequest, changeRecord: record }) => {
    if (!record) throw new Error('A change has a record unless it is a dry run.');
    const request = { ...apiRequest, changeId: record.id, previous: record.previous } as ChangeRequest<R>;
    return applyChange(steps, request, record); // 6, 7
  });
}

async function applyChange<R extends Route, State, Result>(
  steps: ChangeSteps<R, State, Result>,
  request: ChangeRequest<R>,
  record: ChangeRecord,
): Promise<AnyResponse> {
  const { load, assertAllowed, execute, respond = respondDatastore } = steps;
  const { previous } = request;
  const current = await load(request).catch(ignoreIf(Boolean(steps.failOpen && !previous)));
  const applied = previous && (await findAppliedEarlier(steps, request, current as State, record));
  if (applied) return respond(applied, request, previous.snapshot);

  await assertAllowed?.(current as State, request);
  const snapshot = takeSnapshot(current as object | undefined);
  await record.sent(snapshot);
  const result = await execute(request, current as State).catch((problem) =>
    recoverLostResponse(problem, steps, request, snapshot, record),
  );
  return respond(result, request, snapshot);
}

/**
 * Reads the outcome of an earlier attempt that was sent. Returns its result if it was applied and no other change was made
 * since. Returns undefined if the change may be sent again: the state is the same as before. Throws `OutcomeUnknown` for
 * anything else.
 */
async function findAppliedEarlier<R extends Route, State, Result>(
  { findOwnResult, isApplied, isRepeatable }: ChangeSteps<R, State, Result>,
  request: ChangeRequest<R>,
  state: State,
  record: ChangeRecord,
): Promise<Result | State | undefined> {
  const own = await findOwnResult?.(request, state);
  if (own || isRepeatable) return own;
  const before = request.previous?.snapshot;
  const { current, others } = await findAftermath(state, record);
  if (others.length === 0 && canShowChange(before, current) && isApplied?.(state, request, before)) return state;
  if (others.length === 0 && isSameSnapshot(current, before)) return undefined;
  throw outcomeOfEarlierAttemptUnknown({ current, others }, remediesOf(request));
}

/**
 * Recovers a change whose response was lost in this attempt, by reading the state again. Returns the state if the change was
 * applied and no other change was made. Rethrows `problem` if no response was lost, or if a later call of this attempt was
 * rejected for another reason than a change in progress. Throws `OutcomeUnknown` for anything else.
 */
async function recoverLostResponse<R extends Route, State, Result>(
  problem: unknown,
  { load, isApplied }: ChangeSteps<R, State, Result>,
  request: ChangeRequest<R>,
  before: Snapshot | undefined,
  record: ChangeRecord,
): Promise<State> {
  const unknown = lostResponseOf(problem);
  if (!unknown) throw problem;
  const look = async () => {
    const state = await load({ ...request, previous: { snapshot: before, sentAt: record.sentAt } });
    return { state, ...(await findAftermath(state, record)) };
  };
  const { state, current, others } = await look().catch(() => {
    throw unknown;
  });
  if (others.length === 0 && canShowChange(before, current) && isApplied?.(state, request, before)) return state;
  if (problem !== unknown && !isChangeInProgress(problem as Problem)) throw problem;
  throw unknown.with({ publicDetail: describeAftermath({ current, others }) });
}

/** Returns the current state, and the changes of other requests since the change was sent. */
async function findAftermath(state: unknown, record: ChangeRecord): Promise<Aftermath> {
  const current = takeSnapshot(state as object);
  return { current, others: await record.findChangesOfOthers(current?.GlobalReplicationGroup) };
}

const isChangeInProgress = ({ code }: Problem) => /^Invalid(Global)?ReplicationGroupState/.test(code);

/** Returns a handler of errors that ignores a problem if `mayIgnore`, else rethrows it. */
const ignoreIf =
  (mayIgnore: boolean) =>
  (problem: unknown): undefined => {
    if (!mayIgnore || !(problem instanceof Problem)) throw problem;
  };

const respondDatastore = (state: unknown): AnyResponse =>
  acceptedDatastore((state as { readonly GlobalReplicationGroup?: GlobalReplicationGroup }).GlobalReplicationGroup);
