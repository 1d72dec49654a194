import type { Check } from './check.ts';
import { type Code, problemType } from './problemTypes.ts';

/** One place in a request that is wrong: in the body by JSON pointer (RFC 6901), else by the name of a parameter. */
export type Violation = { readonly detail: string } & (
  | { readonly pointer: string }
  | { readonly in: 'path' | 'query' | 'header'; readonly parameter: string }
);

/** What AWS said: enough to find the call in CloudTrail and in a support case. */
export interface Upstream {
  readonly service: string;
  readonly region: string;
  readonly code?: string;
  readonly requestId?: string;
}

/** A request that would help, to be sent as it stands. */
export interface Remedy {
  readonly method: string;
  readonly href: string;
}

interface ProblemDetails {
  readonly remedies?: readonly Remedy[];
  readonly checks?: readonly Check[];
  readonly errors?: readonly Violation[];
  readonly upstream?: Upstream;
  readonly headers?: Readonly<Record<string, string>>;
  /** The problem that stands in the place of this one unless someone finds out what an earlier attempt has come to. */
  readonly possiblyApplied?: Problem;
  /** What only the log shows. */
  readonly cause?: unknown;
}

/** Anything this API refuses or fails at: thrown anywhere, answered as RFC 9457 by one middleware. */
export class Problem extends Error {
  readonly code: Code;
  readonly errors?: readonly Violation[];
  readonly upstream?: Upstream;
  readonly remedies?: readonly Remedy[];
  readonly checks?: readonly Check[];
  readonly headers: Readonly<Record<string, string>>;
  readonly possiblyApplied?: Problem;

  constructor(
    code: Code,
    detail: string,
    { errors, upstream, remedies, checks, headers = {}, possiblyApplied, cause }: ProblemDetails = {},
  ) {
    super(detail, { cause });
    this.name = code;
    this.code = code;
    this.errors = errors;
    this.upstream = upstream;
    this.remedies = remedies;
    this.checks = checks;
    this.headers = headers;
    this.possiblyApplied = possiblyApplied;
  }

  get status(): number {
    const { status, statusAfterTimeout = status } = problemType(this.code);
    return this.cause instanceof Problem && this.cause.code === 'UpstreamTimeout' ? statusAfterTimeout : status;
  }

  /** The same problem with other particulars, and more words after its own. */
  with(changes: ProblemDetails, words = ''): Problem {
    const said = words && !/[.!?]$/.test(this.message) ? `${this.message}.` : this.message;
    return new Problem(this.code, `${said} ${words}`.trim(), { ...this, cause: this.cause, ...changes });
  }
}

/**
 * The answer to a problem: `application/problem+json` with `type` (a URL that explains it), `title`, `status`, `detail`,
 * `instance`, and our `code`, `errors`, `upstream`. A 5xx shows its title and advice, never its own words, which may hold names of the inside.
 */
export function toProblemResponse(problem: Problem, requestId: string, baseUrl: string) {
  const { status } = problem;
  const { title, advice, retryAfter, command } = problemType(problem.code);
  const said = command ? `${problem.message} ${command}` : problem.message;
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
      detail: status < 500 ? said : advice,
      instance: `urn:request:${requestId}`,
      code: problem.code,
      errors: problem.errors,
      upstream: problem.upstream,
      remedies: problem.remedies,
      checks: problem.checks,
    }),
  };
}

/** Returns undefined for a 404: the resource does not exist. Rethrows any other problem. */
export function undefinedIfNotFound(problem: unknown): undefined {
  if (!(problem instanceof Problem && problem.status === 404)) throw problem;
}
