import {
  ElastiCacheClient,
  type ElastiCacheClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Command } from '@smithy/types';
import { config } from './config.ts';
import { type Code, codeOf } from './faults.ts';
import { Problem, type Upstream } from './problem.ts';

type ElastiCacheCommand<I extends ServiceInputTypes, O extends ServiceOutputTypes> = Command<
  ServiceInputTypes,
  I,
  ServiceOutputTypes,
  O,
  ElastiCacheClientResolvedConfig
>;

/** ElastiCache of one region, for the length of one request. */
export interface Region {
  /** The command's output, surely with a result in it. Throws a Problem, whatever goes wrong. */
  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: ElastiCacheCommand<I, O>): Promise<O>;
}

/**
 * ElastiCache of a region, the API's own unless named, for one request: every call ends when `signal` aborts, for the SDK
 * alone may wait for ever. Clients are made once per region and container; they hold the connections and the retry budget.
 */
export const elasticache = (signal: AbortSignal, region: string = config.region): Region => ({
  async send(command) {
    const output = await client(region)
      .send(command, { abortSignal: signal })
      .catch((error: unknown) => {
        throw upstreamProblem(error, region);
      });
    if (hasResult(output)) return output;
    throw new Problem('UpstreamAnswerInvalid', `${command.constructor.name}: an answer without a result`, {
      upstream: { service: 'ElastiCache', region, requestId: output.$metadata.requestId },
    });
  },
});

/**
 * The answer of the first region that gives one, asked one after the other; a refusal is an answer too. When an earlier
 * region may have acted without answering, a refusal says that it was `retried`. Throws the first problem when none answers.
 */
export async function firstToAnswer<T>(regions: readonly string[], ask: (region: string) => Promise<T>): Promise<T> {
  const silent: Problem[] = [];
  for (const region of regions) {
    try {
      return await ask(region);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!isNoAnswer(problem)) throw problem.with({ retried: problem.retried || silent.length > 0 });
      silent.push(problem);
    }
  }
  throw silent[0];
}

/** Whether a problem says nothing about the request, only that ElastiCache, or the way there, is in trouble. */
export const isNoAnswer = ({ code }: Problem): boolean =>
  ['UpstreamUnreachable', 'UpstreamTimeout', 'UpstreamError', 'UpstreamAnswerInvalid', 'UpstreamThrottled'].includes(
    code,
  );

const clients = new Map<string, ElastiCacheClient>();

function client(region: string): ElastiCacheClient {
  let found = clients.get(region);
  if (!found) {
    found = new ElastiCacheClient({
      region,
      endpoint: config.elasticacheEndpoint,
      maxAttempts: 3,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: config.connectMs,
        requestTimeout: config.attemptMs,
        throwOnRequestTimeout: true, // without it a time-out is only a warning in the log
        socketTimeout: config.attemptMs,
      },
    });
    clients.set(region, found);
  }
  return found;
}

/** The SDK resolves on a good status even when the answer is empty or another operation's: only `$metadata` is in it then. */
function hasResult(output: ServiceOutputTypes): boolean {
  return Object.entries(output).some(([name, value]) => name !== '$metadata' && value !== undefined);
}

interface SdkError {
  name: string;
  message: string;
  code?: string;
  Code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { requestId?: string; httpStatusCode?: number; attempts?: number };
}

function upstreamProblem(error: unknown, region: string): Problem {
  const { name, message, code, Code: wireCode, $fault, $metadata } = error as SdkError;
  const upstream: Upstream = { service: 'ElastiCache', region, code: wireCode, requestId: $metadata?.requestId };
  return new Problem(codeOf(name) ?? troubleCode(name, code, $fault), message, {
    upstream,
    retried: ($metadata?.attempts ?? 1) > 1,
    cause: error,
  });
}

const unreachable = /^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|ENETDOWN|CERT_|ERR_TLS|ERR_SSL|HPE_)/;

/** By the error's name and the system's code, never by the HTTP status in `$metadata`: unreadable XML carries a 200 there. */
function troubleCode(name: string, systemCode = '', fault?: string): Code {
  if (unreachable.test(systemCode)) return 'UpstreamUnreachable'; // the SDK calls a reset a TimeoutError too
  if (name === 'TimeoutError' || name === 'AbortError') return 'UpstreamTimeout';
  return fault ? 'UpstreamError' : 'UpstreamAnswerInvalid';
}
