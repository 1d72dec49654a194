import { redactPrincipals } from '../lib/redactPrincipals.ts';
import { createRedactor, redactSecrets } from '../lib/redactSecrets.ts';
import { Problem, type Upstream } from '../problems/problem.ts';
import { type Code, codeOf } from '../problems/problemTypes.ts';
import { AttemptAborted } from './attemptLimits.ts';

/**
 * The outcome of a failed attempt. `rejected`: AWS responded and changed nothing. `throttled`: the same, and a later attempt may
 * succeed. `notSent`: the request did not reach AWS. `responseLost`: AWS may have applied the request, but the response did not
 * arrive or is not readable. `fatal`: the same, and another attempt would end in the same way.
 */
export type AttemptOutcome = 'rejected' | 'throttled' | 'notSent' | 'responseLost' | 'fatal';

export interface ClassifiedError {
  readonly outcome: AttemptOutcome;
  /** The problem for the caller. */
  readonly problem: Problem;
}

interface SdkError extends Error {
  code?: string;
  syscall?: string;
  Code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { requestId?: string; httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/**
 * Classifies an error of the SDK or of the network. A text of AWS that repeats a password of `input` is hidden. The identity of the
 * function is hidden in the message of the problem, which can reach callers. The cause has it, for the log.
 */
export function classifyError(error: unknown, region: string, input: object): ClassifiedError {
  const sdkError = error as SdkError;
  const redact = createRedactor(input) ?? ((text) => text);
  const upstream: Upstream = {
    service: 'ElastiCache',
    region,
    code: sdkError.Code && redact(sdkError.Code),
    requestId: sdkError.$metadata?.requestId && redact(sdkError.$metadata.requestId),
  };
  const [code, outcome] = codeAndOutcomeOf(sdkError);
  const cause = redactSecrets(sdkError, input);
  return { outcome, problem: new Problem(code, redactPrincipals(cause.message), { upstream, cause }) };
}

/** Returns the code and the outcome by names and system codes. The HTTP status is not reliable: it is 200 for unreadable XML. */
function codeAndOutcomeOf(error: SdkError): readonly [Code, AttemptOutcome] {
  const { name, code = '', syscall = '', Code: wireCode, $fault, $metadata } = error;
  if (error instanceof AttemptAborted) return abortOutcomes[error.reason];

  const known = codeOf(name);
  if (known === 'UpstreamThrottled' || $metadata?.clockSkewCorrected) return ['UpstreamThrottled', 'throttled'];
  if (known) return [known, 'rejected'];
  if ($fault === 'server') return ['UpstreamError', 'responseLost'];
  if ($fault === 'client') return ['UpstreamError', wireCode ? 'rejected' : 'fatal']; // a response without a code does not come from AWS

  if (/^(connect|getaddrinfo)$/.test(syscall) || handshakeErrors.test(code)) return ['UpstreamUnreachable', 'notSent'];
  if (/^(E[A-Z]+|HPE_.*)$/.test(code)) return ['UpstreamUnreachable', 'responseLost']; // such as ECONNRESET, which the SDK names TimeoutError
  if (name === 'TimeoutError') return ['UpstreamTimeout', 'notSent']; // only the connection timeout of the SDK is set
  if (name === 'AbortError') return ['UpstreamTimeout', 'notSent']; // between two attempts
  return ['UpstreamAnswerInvalid', 'responseLost'];
}

const abortOutcomes = {
  requestDeadline: ['UpstreamTimeout', 'fatal'],
  attemptTimeout: ['UpstreamTimeout', 'responseLost'],
  responseTooLarge: ['UpstreamAnswerInvalid', 'fatal'],
} as const;

/** The codes of OpenSSL and Node for errors before the first byte of HTTP is sent. */
const handshakeErrors = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Returns whether a problem is a failure of ElastiCache or of the network, and not a response to the request. */
export const isUpstreamFailure = ({ code }: Problem): boolean => upstreamFailures.has(code);

const upstreamFailures = new Set<Code>([
  'UpstreamUnreachable',
  'UpstreamTimeout',
  'UpstreamError',
  'UpstreamAnswerInvalid',
  'UpstreamThrottled',
  'OutcomeUnknown',
]);
