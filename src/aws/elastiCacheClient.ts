import {
  ElastiCacheClient,
  type ElastiCacheClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Command, FinalizeRequestMiddleware } from '@smithy/types';
import { config } from '../config.ts';
import { type ChangedIds, isRead, isSafeToRetry, outcomeUnknown } from '../idempotency/lostResponse.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { limitAttempts } from './attemptLimits.ts';
import { type AttemptOutcome, classifyError, isUpstreamFailure } from './classifyError.ts';
import { markResponsive, markUnresponsive } from './regionHealth.ts';
import { sdkDefaults } from './sdkDefaults.ts';

interface ElastiCacheCommand<I extends ServiceInputTypes, O extends ServiceOutputTypes>
  extends Command<ServiceInputTypes, I, ServiceOutputTypes, O, ElastiCacheClientResolvedConfig> {
  /** Of an operation, the SDK's schemas hold: their outcome, the namespace, the name. */
  readonly schema?: unknown;
}

/** ElastiCache of one region, for the length of one request. */
export interface RegionalClient {
  /**
   * The command's output, surely with a result in it. Throws a Problem, whatever goes wrong: for a change whose answer was
   * lost `OutcomeUnknown`, or, where a later attempt was refused, that refusal with its `possiblyApplied`.
   */
  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: ElastiCacheCommand<I, O>): Promise<O>;
}

/**
 * ElastiCache of a region, the API's own unless named, for one request: every call ends when `signal` aborts, for the SDK
 * alone may wait for ever. Clients are made once per region and container; they hold the connections and the retry budget.
 * `once` is for who looks by himself what came of a call whose answer was lost: it is not sent again.
 */
export const elastiCache = (
  signal: AbortSignal,
  region: string = config.region,
  { once = false }: { once?: boolean } = {},
): RegionalClient => ({
  async send(command) {
    if (signal.aborted) throw new Problem('UpstreamTimeout', 'No time was left to ask ElastiCache.');
    const attempts = trackAttempts(command, region, once);
    try {
      const output = await clientFor(region).send(command, { abortSignal: signal });
      markResponsive(region);
      recordCall(command, region, output.$metadata.requestId);
      return output;
    } catch (error) {
      const problem = attempts.last ?? classifyError(error, region, command.input).problem;
      recordCall(command, region, problem.upstream?.requestId, problem.code);
      if (!isUnresponsive(problem)) markResponsive(region);
      else if (!isCancelled(signal)) markUnresponsive(region);
      throw attempts.lost ? withUnknownOutcome(problem, attempts.lost, command, region) : problem;
    }
  },
});

/** Enough of the calls of a request for its log line; one that waits looks more often than anybody wants to read. */
function recordCall(command: object, region: string, requestId?: string, code?: string): void {
  const { awsCalls } = requestContext();
  if (awsCalls.length < 20) awsCalls.push({ action: actionOf(command), region, requestId, code });
}

const clients = new Map<string, ElastiCacheClient>();

function clientFor(region: string): ElastiCacheClient {
  let found = clients.get(region);
  if (!found) {
    found = new ElastiCacheClient({
      region,
      endpoint: config.elasticacheEndpoints[region] ?? config.elasticacheEndpoint,
      maxAttempts: 3,
      ...sdkDefaults,
      requestHandler: {
        connectionTimeout: config.connectMs,
        httpAgent: { maxSockets: config.maxSockets },
        httpsAgent: { maxSockets: config.maxSockets },
      },
    });
    limitAttempts(found.config.requestHandler);
    clients.set(region, found);
  }
  return found;
}

/** What came of the attempts at a command: the problem of the last one, and that of the last one whose answer was lost. */
interface Attempts {
  last?: Problem;
  lost?: Problem;
}

/** Decides after each attempt at a command whether another may follow. */
function trackAttempts<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: ElastiCacheCommand<I, O>,
  region: string,
  once: boolean,
): Attempts {
  const attempts: Attempts = {};
  const repeatable = !once && isSafeToRetry(actionOf(command));
  const middleware: FinalizeRequestMiddleware<I, O> = (next) => async (args) => {
    try {
      const result = await next(args);
      assertHasResult(result.output);
      return result;
    } catch (error) {
      const { outcome, problem } = classifyError(error, region, command.input);
      attempts.last = problem;
      if (outcome === 'responseLost' || outcome === 'fatal') attempts.lost = problem;
      throw new AttemptError(outcome, repeatable, error as SdkError);
    }
  };
  command.middlewareStack.addRelativeTo(middleware, {
    name: 'follow',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
  return attempts;
}

interface SdkError {
  readonly message: string;
  readonly $response?: unknown;
}

/** What ended an attempt, in the form that the SDK's retry strategy goes by: with `$retryable` another may follow. */
class AttemptError extends Error {
  readonly $response: unknown; // a Retry-After may be in it
  readonly $retryable?: { readonly throttling: boolean };

  constructor(outcome: AttemptOutcome, repeatable: boolean, { message, $response }: SdkError) {
    super(message);
    this.$response = $response;
    const again = outcome === 'throttled' || outcome === 'notSent' || (outcome === 'responseLost' && repeatable);
    if (again) this.$retryable = { throttling: outcome === 'throttled' };
  }
}

/** The SDK resolves on a good status even when the answer is empty or another operation's: only `$metadata` is in it then. */
function assertHasResult(output: ServiceOutputTypes): void {
  const some = Object.entries(output).some(([name, value]) => name !== '$metadata' && value !== undefined);
  if (!some) throw Object.assign(new Error('An answer without a result'), { $metadata: output.$metadata });
}

function withUnknownOutcome<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  problem: Problem,
  lost: Problem,
  command: ElastiCacheCommand<I, O>,
  region: string,
): Problem {
  const action = actionOf(command);
  if (isRead(action)) return problem;
  const unknown = outcomeUnknown(lost, action, command.input as ChangedIds, region);
  return isUpstreamFailure(problem) ? unknown : problem.with({ possiblyApplied: unknown });
}

const actionOf = ({ schema }: { readonly schema?: unknown }): string => (schema as readonly string[])[2] ?? '';

const isUnresponsive = ({ code }: Problem) => code === 'UpstreamTimeout' || code === 'UpstreamUnreachable';

/** Whether we ourselves gave up waiting for another reason than time. */
const isCancelled = ({ aborted, reason }: AbortSignal) => aborted && (reason as Error).name !== 'TimeoutError';
