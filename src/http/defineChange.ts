import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { ChangeRecord } from '../idempotency/changeRecord.ts';
import { isOwnChangeInProgress, type PreviousAttempt, resolveLostResponse } from '../idempotency/lostResponse.ts';
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
import { preferWait, type ShowCompleted } from './middleware/preferWait.ts';
import { refusalExplainer } from './middleware/refusalExplainer.ts';
import { createPipeline, type LambdaHandler, toLambdaHandler } from './pipeline.ts';
import { acceptedDatastore } from './responses.ts';

/** A request for a change. */
export type ChangeRequest<R extends Route> = ApiRequest<R> & {
  /** An earlier attempt at this change that may have been applied. Also set after a lost response in this attempt. */
  readonly previous?: PreviousAttempt;
};

/** The parts of a change that differ from route to route. `State` is what it starts from, `Result` what AWS returned. */
export interface ChangeSteps<R extends Route, State, Result> {
  /**
   * Reads the state that the change starts from. Called again to check whether the change was applied. May return undefined
   * if there is nothing to read without a `previous` attempt.
   */
  readonly load: (request: ChangeRequest<R>) => Promise<State>;
  /** Returns whether the previous attempt was applied: `current` has what the request asks for and `snapshot` had not. */
  readonly isApplied?: (
    current: NonNullable<State>,
    request: ChangeRequest<R>,
    snapshot: GlobalDatastore | undefined,
  ) => boolean;
  /** Throws if the current state excludes the change. */
  readonly assertAllowed?: (current: State, request: ChangeRequest<R>) => void;
  /** Calls AWS. */
  readonly execute: (request: ChangeRequest<R>, current: State) => Promise<Result>;
  /** Returns the response, by default 202 with the datastore. `snapshot` is the datastore before the change. */
  readonly respond?: (
    result: Result | NonNullable<State>,
    request: ChangeRequest<R>,
    snapshot: GlobalDatastore | undefined,
  ) => ApiResponse<R> | Promise<ApiResponse<R>>;
  /** Returns the members of the body once the change is complete, for `Prefer: wait`, by default the datastore. */
  readonly showCompleted?: (request: ApiRequest<R>, datastore: GlobalDatastore) => Promise<object>;
  /** True if the change continues although its record cannot be written or the previous state cannot be read. */
  readonly failOpen?: undefined extends State ? boolean : false;
}

/** The checks of a change, for a contract that is made by `withDryRun`. */
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
 * 1. ownership: 404 unless the subject is the caller's
 * 2. change record: claim the Idempotency-Key, or replay the stored response
 * 3. If-Match: 412 unless the datastore has the entity tag
 * 4. dry run: respond with checks and plan
 * 5. policy: 403 if a rule forbids the change
 * 6. load the state and record the snapshot
 * 7. execute, or recover a lost response
 * 8. explain a 400 of AWS with the failed checks
 * 9. Prefer: wait until the change is complete
 * 10. change record: store the response
 * 11. change record: write the audit entry
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
  if (globalThis.POLICY_HAS_OWNERS !== false) pipeline.use(ownership(contract)); // 1
  pipeline.use(changeRecord(contract, { failOpen })); // 2, 10, 11
  if (supports('If-Match')) pipeline.use(ifMatch()); // 3
  if (preflight) pipeline.use(dryRun(contract, preflight)); // 4
  if (supports('Prefer')) pipeline.use(preferWait(steps.showCompleted as ShowCompleted | undefined)); // 9
  if (globalThis.POLICY_HAS_RULES !== false) pipeline.use(policyRules(contract)); // 5
  if (preflight) pipeline.use(refusalExplainer(preflight)); // 8
  return toLambdaHandler(pipeline, ({ apiRequest, changeRecord: record }) => {
    const request = { ...apiRequest, previous: record?.previous } as ChangeRequest<R>;
    return applyChange(steps, request, record); // 6, 7
  });
}

async function applyChange<R extends Route, State, Result>(
  steps: ChangeSteps<R, State, Result>,
  request: ChangeRequest<R>,
  record: ChangeRecord | undefined,
): Promise<AnyResponse> {
  const { load, isApplied, assertAllowed, execute, respond = respondDatastore } = steps;
  const { previous } = request;
  const current = await load(request).catch(ignoreIf(Boolean(steps.failOpen && previous)));
  if (previous && hasValue(current) && isApplied?.(current, request, previous.snapshot))
    return respond(current, request, previous.snapshot);

  assertAllowed?.(current as State, request);
  const snapshot = snapshotOf(current);
  if (snapshot) await record?.admitted(snapshot);
  const result = await execute(request, current as State).catch((problem) => {
    if (hasValue(current) && isOwnChangeInProgress(problem, previous)) return current;
    return resolveLostResponse(problem, previous, () => findApplied(steps, request, snapshot));
  });
  return respond(result, request, snapshot);
}

/** Reads the state again. Returns it if the change was applied. */
async function findApplied<R extends Route, State, Result>(
  { load, isApplied }: ChangeSteps<R, State, Result>,
  request: ChangeRequest<R>,
  current: GlobalDatastore | undefined,
): Promise<NonNullable<State> | undefined> {
  if (!isApplied) return undefined;
  const previous = request.previous ?? { snapshot: current, noOtherChangeSince: true };
  const retry = { ...request, previous };
  const state = await load(retry);
  return hasValue(state) && isApplied(state, retry, previous.snapshot) ? state : undefined;
}

const hasValue = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null;

/** Returns a handler of errors that ignores a problem if it may, else rethrows it. */
const ignoreIf =
  (mayIgnore: boolean) =>
  (problem: unknown): undefined => {
    if (!mayIgnore || !(problem instanceof Problem)) throw problem;
  };

interface DatastoreState {
  readonly GlobalReplicationGroup?: GlobalReplicationGroup;
}

/** Returns the datastore of a state, if it is a state with a datastore. */
const snapshotOf = (state: unknown): GlobalDatastore | undefined =>
  (state as { readonly GlobalReplicationGroup?: GlobalDatastore } | undefined)?.GlobalReplicationGroup;

const respondDatastore = (state: unknown): AnyResponse =>
  acceptedDatastore((state as DatastoreState).GlobalReplicationGroup);
