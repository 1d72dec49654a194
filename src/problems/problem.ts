import type { Check } from './check.ts';
import { type Code, problemType } from './problemTypes.ts';

/** One invalid place in a request: in the body by JSON pointer (RFC 6901), otherwise by the name of a parameter. */
export type Violation = { readonly detail: string } & (
  | { readonly pointer: string }
  | { readonly in: 'path' | 'query' | 'header'; readonly parameter: string }
);

/** The call to AWS that failed. Identifies it in CloudTrail and in a support case. */
export interface Upstream {
  readonly service: string;
  readonly region: string;
  readonly code?: string;
  readonly requestId?: string;
}

/** A request that can resolve the problem. Callers can send it unchanged. */
export interface Remedy {
  readonly method: string;
  readonly href: string;
  /** The body of the request, if it has one. */
  readonly body?: object;
  /** What the request does, and when it is the right one. */
  readonly detail?: string;
}

interface ProblemDetails {
  /** The state in which a change has ended, in the form of AWS. */
  readonly current?: object;
  readonly remedies?: readonly Remedy[];
  readonly checks?: readonly Check[];
  readonly errors?: readonly Violation[];
  readonly upstream?: Upstream;
  readonly headers?: Readonly<Record<string, string>>;
  /** The problem that replaces this one unless the outcome of an earlier attempt is known. */
  readonly possiblyApplied?: Problem;
  /** Sentences that callers read after the advice of a 5xx. They hold no internal names. */
  readonly publicDetail?: string;
  /** The error for the log only. */
  readonly cause?: unknown;
}

/** A refusal or a failure of this API. Any code can throw it; one middleware converts it to RFC 9457. */
export class Problem extends Error {
  readonly code: Code;
  readonly errors?: readonly Violation[];
  readonly upstream?: Upstream;
  readonly remedies?: readonly Remedy[];
  readonly checks?: readonly Check[];
  readonly current?: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly possiblyApplied?: Problem;
  readonly publicDetail?: string;

  constructor(
    code: Code,
    detail: string,
    {
      errors,
      upstream,
      remedies,
      checks,
      current,
      headers = {},
      possiblyApplied,
      publicDetail,
      cause,
    }: ProblemDetails = {},
  ) {
    super(detail, { cause });
    this.name = code;
    this.code = code;
    this.errors = errors;
    this.upstream = upstream;
    this.remedies = remedies;
    this.checks = checks;
    this.current = current;
    this.headers = headers;
    this.possiblyApplied = possiblyApplied;
    this.publicDetail = publicDetail;
  }

  get status(): number {
    const { status, statusAfterTimeout = status } = problemType(this.code);
    return this.cause instanceof Problem && this.cause.code === 'UpstreamTimeout' ? statusAfterTimeout : status;
  }

  /** Returns the same problem with other details and a sentence after its message. */
  with(changes: ProblemDetails, sentence = ''): Problem {
    const message = sentence && !/[.!?]$/.test(this.message) ? `${this.message}.` : this.message;
    return new Problem(this.code, `${message} ${sentence}`.trim(), { ...this, cause: this.cause, ...changes });
  }
}

/**
 * Converts a problem to a response: `application/problem+json` with the members of RFC 9457 and `code`, `errors`, `upstream`,
 * `remedies`, `checks`, `current`. The `detail` of a 5xx is its advice and `publicDetail`: the message can contain internal names.
 */
export function toProblemResponse(problem: Problem, requestId: string, baseUrl: string) {
  const { status } = problem;
  const { title, advice, retryAfter, command } = problemType(problem.code);
  const message = command ? `${problem.message} ${command}` : problem.message;
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...problem.headers,
    },
    body: JSON.stringify({
      type: `${baseUrl}/problems/${problem.code}`,
      title,
      status,
      detail: status < 500 ? message : [advice, problem.publicDetail].filter(Boolean).join(' '),
      instance: `urn:request:${requestId}`,
      code: problem.code,
      errors: problem.errors,
      upstream: problem.upstream,
      remedies: problem.remedies,
      checks: problem.checks,
      current: problem.current,
    }),
  };
}

/** Returns undefined for a 404: the resource does not exist. Rethrows any other problem. */
export function undefinedIfNotFound(problem: unknown): undefined {
  if (!(problem instanceof Problem && problem.status === 404)) throw problem;
}

/** Throws `ValidationFailed` with all violations, if there are any. */
export function assertNoViolations(errors: readonly Violation[]): void {
  const [first] = errors;
  if (first) throw new Problem('ValidationFailed', first.detail, { errors });
}
