import {
  ElastiCacheClient,
  type ElastiCacheClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Command, FinalizeRequestMiddleware } from '@smithy/types';
import { config } from '../config.ts';
import { recordCall } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { limitAttempts } from './attemptLimits.ts';
import { classifyError, isUpstreamFailure } from './classifyError.ts';
import { clientByRegion } from './clientByRegion.ts';
import { markResponsive, markUnresponsive } from './regionHealth.ts';
import { AttemptError, isRead, isSafeToRetry } from './retryPolicy.ts';
import { sdkDefaults } from './sdkDefaults.ts';
import { outcomeUnknown } from './unknownOutcome.ts';

/** A command of the SDK for ElastiCache. */
interface ElastiCacheCommand<I extends ServiceInputTypes, O extends ServiceOutputTypes>
  extends Command<ServiceInputTypes, I, ServiceOutputTypes, O, ElastiCacheClientResolvedConfig> {
  /** The SDK's schema of the operation: kind, namespace, name. */
  readonly schema?: unknown;
}

/** ElastiCache of one region for one request. */
export interface RegionalClient {
  /**
   * Returns the output of a command. It has a result.
   * @throws Problem for every failure: `OutcomeUnknown` if the response to a change was lost. If a later attempt was rejected,
   * that problem with `possiblyApplied`.
   */
  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: ElastiCacheCommand<I, O>): Promise<O>;
}

/**
 * Returns ElastiCache of a region, by default the API's own. Each call ends when `signal` aborts: the SDK itself has no limit on
 * the total time. `retry: false` disables the retry after a lost response. Use it when the caller reads the resource to find out what
 * happened. A region that is not configured is not called, also if a datastore has a member there.
 */
export const elastiCache = (
  signal: AbortSignal,
  region: string = config.region,
  { retry = true }: { readonly retry?: boolean } = {},
): RegionalClient => ({
  async send(command) {
    if (!config.regions.includes(region))
      throw new Problem('UpstreamUnreachable', `${region} is not one of the regions of this API.`);
    if (signal.aborted)
      throw new Problem('UpstreamTimeout', 'The deadline of the request passed before the call to ElastiCache.');
    const attempts = trackAttempts(command, region, { retry });
    const action = actionOf(command);
    try {
      const output = await clientFor(region).send(command, { abortSignal: signal });
      markResponsive(region);
      recordCall({ action, region, requestId: output.$metadata.requestId });
      return output;
    } catch (error) {
      const problem = attempts.last ?? classifyError(error, region, command.input).problem;
      recordCall({ action, region, requestId: problem.upstream?.requestId, code: problem.code });
      if (!isTimeoutOrUnreachable(problem)) markResponsive(region);
      else if (!isCancelled(signal)) markUnresponsive(region);
      if (!attempts.lost || isRead(action)) throw problem;
      const unknown = outcomeUnknown(attempts.lost, { action, input: command.input, region });
      throw isUpstreamFailure(problem) ? unknown : problem.with({ possiblyApplied: unknown });
    }
  },
});

/** Returns the name of the AWS action that a command calls. */
const actionOf = ({ schema }: { readonly schema?: unknown }): string => (schema as readonly string[])[2] ?? '';

/** The problems of the attempts at one command. */
interface Attempts {
  /** The problem of the last attempt. */
  last?: Problem;
  /** The problem of the last attempt whose response was lost. */
  lost?: Problem;
}

/** Classifies each attempt at a command, and marks its error for the SDK's retry strategy as retryable or not. */
function trackAttempts<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: ElastiCacheCommand<I, O>,
  region: string,
  { retry }: { readonly retry: boolean },
): Attempts {
  const attempts: Attempts = {};
  const mayRepeat = retry && isSafeToRetry(actionOf(command));
  const middleware: FinalizeRequestMiddleware<I, O> = (next) => async (args) => {
    try {
      const result = await next(args);
      assertHasResult(result.output);
      return result;
    } catch (error) {
      const { outcome, problem } = classifyError(error, region, command.input);
      attempts.last = problem;
      if (outcome === 'responseLost' || outcome === 'fatal') attempts.lost = problem;
      throw new AttemptError(outcome, { mayRepeat, error: error as Error });
    }
  };
  command.middlewareStack.addRelativeTo(middleware, {
    name: 'trackAttempts',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
  return attempts;
}

/** Throws if only `$metadata` is in an output. The SDK resolves on a 2xx even if the body is empty or another operation's. */
function assertHasResult(output: ServiceOutputTypes): void {
  const hasResult = Object.entries(output).some(([name, value]) => name !== '$metadata' && value !== undefined);
  if (!hasResult) throw Object.assign(new Error('The response has no result.'), { $metadata: output.$metadata });
}

/** A client holds the connections and the retry budget of its region. */
const clientFor = clientByRegion((region) => {
  const client = new ElastiCacheClient({
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
  limitAttempts(client.config.requestHandler);
  return client;
});

const isTimeoutOrUnreachable = ({ code }: Problem) => code === 'UpstreamTimeout' || code === 'UpstreamUnreachable';

/** Returns whether `send` was aborted for another reason than a timeout. */
const isCancelled = ({ aborted, reason }: AbortSignal) => aborted && (reason as Error).name !== 'TimeoutError';
