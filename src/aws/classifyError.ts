import { redactSecrets } from '../lib/redactSecrets.ts';
import { Problem, type Upstream } from '../problems/problem.ts';
import { type Code, codeOf } from '../problems/problemTypes.ts';
import { AttemptAborted } from './attemptLimits.ts';

/**
 * What an attempt ended in. `rejected`: AWS answered, and did nothing. `throttled`: the same, and later it may do it.
 * `notSent`: AWS never got it. `responseLost`: AWS may have done it, its answer did not arrive or means nothing. `fatal`: as lost, and
 * another attempt would end alike.
 */
export type AttemptOutcome = 'rejected' | 'throttled' | 'notSent' | 'responseLost' | 'fatal';

export interface ClassifiedError {
  readonly outcome: AttemptOutcome;
  /** The problem that a caller has with it. */
  readonly problem: Problem;
}

interface SdkError extends Error {
  code?: string;
  syscall?: string;
  Code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { requestId?: string; httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/** What an error of the SDK, or of the way to ElastiCache in `region`, means; `input` is what was to be sent. */
export function classifyError(error: unknown, region: string, input: object): ClassifiedError {
  const sdkError = error as SdkError;
  const upstream: Upstream = {
    service: 'ElastiCache',
    region,
    code: sdkError.Code,
    requestId: sdkError.$metadata?.requestId,
  };
  const [code, outcome] = codeAndOutcomeOf(sdkError);
  const cause = redactSecrets(sdkError, input);
  return { outcome, problem: new Problem(code, cause.message, { upstream, cause }) };
}

/** By names and system codes, never by the HTTP status in `$metadata`: XML that cannot be read carries a 200 there. */
function codeAndOutcomeOf(error: SdkError): readonly [Code, AttemptOutcome] {
  const { name, code = '', syscall = '', Code: wireCode, $fault, $metadata } = error;
  if (error instanceof AttemptAborted) return abortOutcomes[error.reason];

  const known = codeOf(name);
  if (known === 'UpstreamThrottled' || $metadata?.clockSkewCorrected) return ['UpstreamThrottled', 'throttled'];
  if (known) return [known, 'rejected'];
  if ($fault === 'server') return ['UpstreamError', 'responseLost'];
  if ($fault === 'client') return ['UpstreamError', wireCode ? 'rejected' : 'fatal']; // without a code it is not AWS that answers

  if (/^(connect|getaddrinfo)$/.test(syscall) || handshakeErrors.test(code)) return ['UpstreamUnreachable', 'notSent'];
  if (/^(E[A-Z]+|HPE_.*)$/.test(code)) return ['UpstreamUnreachable', 'responseLost']; // such as ECONNRESET, which the SDK calls a TimeoutError
  if (name === 'TimeoutError') return ['UpstreamTimeout', 'notSent']; // of the SDK's limits only the one on connecting is set
  if (name === 'AbortError') return ['UpstreamTimeout', 'notSent']; // between two attempts
  return ['UpstreamAnswerInvalid', 'responseLost'];
}

const abortOutcomes = {
  requestDeadline: ['UpstreamTimeout', 'fatal'],
  attemptTimeout: ['UpstreamTimeout', 'responseLost'],
  responseTooLarge: ['UpstreamAnswerInvalid', 'fatal'],
} as const;

/** OpenSSL and Node name what can go wrong before a first byte of HTTP is sent. */
const handshakeErrors = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Whether a problem says nothing about the request, only that ElastiCache, or the way there, is in trouble. */
export const isUpstreamFailure = ({ code }: Problem): boolean => upstreamFailures.has(code);

const upstreamFailures = new Set<Code>([
  'UpstreamUnreachable',
  'UpstreamTimeout',
  'UpstreamError',
  'UpstreamAnswerInvalid',
  'UpstreamThrottled',
  'OutcomeUnknown',
]);
