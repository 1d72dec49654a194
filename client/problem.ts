/** A refusal or failure of the API (RFC 9457). */
export class GlobalDatastoreError extends Error {
  override readonly name = 'GlobalDatastoreError';
  /** The HTTP status, or 0 if there was no response. */
  readonly status: number;
  /** The problem type, such as `InvalidGlobalReplicationGroupStateFault`. Later versions of the API can add codes. */
  readonly code: string;
  /** The whole problem, with `errors`, `remedies` and `upstream` if it has them. */
  readonly problem: Problem;
  /** The time in seconds after which the request may be repeated, from `Retry-After`. */
  readonly retryAfter?: number;

  constructor(status: number, problem: Problem, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`, { cause: options.cause });
    this.status = status;
    this.code = problem.code ?? 'Unknown';
    this.problem = problem;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }

  /** The failed checks, if the API found the reason for the refusal of AWS. */
  get checks(): NonNullable<Problem['checks']> {
    return this.problem.checks ?? [];
  }
}

/** The typed members of a problem. A response can have others. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly instance?: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string; readonly parameter?: string }[];
  readonly checks?: readonly { readonly Id: string; readonly Outcome: string; readonly Detail: string }[];
  readonly remedies?: readonly {
    readonly method: string;
    readonly href: string;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly detail?: string;
  }[];
  readonly upstream?: { readonly service: string; readonly region: string; readonly requestId?: string };
}
