import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { isApplied, type ShownChange } from './isApplied.ts';
import { type GlobalReplicationGroup, type Operation, type Operations, operations } from './operations.ts';

export type { ShownChange } from './isApplied.ts';
export type * from './operations.ts';

/** The options of a client. */
export interface ClientOptions {
  /** The URL of the API, such as `https://abc.execute-api.us-east-1.amazonaws.com`. */
  readonly url: string;
  /** Credentials for signed requests to API Gateway (SigV4), or a function that returns them. */
  readonly credentials?: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  /** The region of the API, for the signature. Default: us-east-1. */
  readonly region?: string;
  /** The token for an API with JWT, or a function that returns a valid one. */
  readonly token?: string | (() => string | Promise<string>);
  /** The maximum number of attempts of a request. Default: 5. */
  readonly attempts?: number;
  /** The time limit of one attempt, in milliseconds. Default: 35,000. */
  readonly attemptMs?: number;
}

/** The options of one call. */
export interface CallOptions {
  /** The number of seconds, at most 25, that the response waits until no change is in progress. */
  readonly wait?: number;
  /** The entity tag of the state that the change requires. */
  readonly ifMatch?: string;
  /** The Idempotency-Key of this change. Default: a random key. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** A refusal or failure of the API (RFC 9457). */
export class GlobalDatastoreError extends Error {
  override readonly name = 'GlobalDatastoreError';
  /** The HTTP status, or 0 if there was no response. */
  readonly status: number;
  /** The problem type, such as `InvalidGlobalReplicationGroupStateFault`. Later versions of the API can add codes. */
  readonly code: string;
  /** The whole problem, with `errors`, `remedies` and `upstream` if it has them. */
  readonly problem: Problem;

  constructor(status: number, problem: Problem, cause?: unknown) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`, { cause });
    this.status = status;
    this.code = problem.code ?? 'Unknown';
    this.problem = problem;
  }

  /** The failed checks, if the API knows the reason why AWS refused. */
  get checks(): NonNullable<Problem['checks']> {
    return this.problem.checks ?? [];
  }
}

/** The members of a problem that this client knows. */
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
    readonly body?: object;
    readonly detail?: string;
  }[];
  readonly upstream?: { readonly service: string; readonly region: string; readonly requestId?: string };
}

/** The result of a dry run. */
export interface Findings {
  readonly Valid: boolean;
  readonly Checks: readonly {
    readonly Id: string;
    readonly Outcome: 'pass' | 'warn' | 'fail' | (string & {});
    readonly Detail: string;
  }[];
  readonly Plan: readonly string[];
}

type Name = keyof Operations;

/** The operations as methods. The input is one object with the members of the path, the query and the body. */
type Methods = {
  readonly [N in Name]: (input: Operations[N]['input'], options?: CallOptions) => Promise<Operations[N]['output']>;
};

/** A client of the Global Datastore API. Its methods are the operations of the API. Each throws `GlobalDatastoreError`. */
export interface GlobalDatastores extends Methods {
  /** Returns the planned changes of the operation and the results of the checks. Changes nothing. */
  dryRun<N extends Name>(operation: N, input: Operations[N]['input'], options?: CallOptions): Promise<Findings>;
  /**
   * Waits until no change is in progress. Returns the datastore, or `undefined` if it is gone. A status that this client does
   * not know counts as a change in progress. Throws `StillChanging` after `seconds` (default: an hour).
   */
  waitUntilStable(GlobalReplicationGroupId: string, seconds?: number): Promise<GlobalReplicationGroup | undefined>;
  /**
   * Waits for a change that was sent without `wait` until none is in progress, and returns the datastore, or `undefined` if it is
   * gone. Throws `ChangeNotApplied` if the datastore is not what the input asks for, and `StillChanging` as `waitUntilStable`. A
   * later change of others can be the cause: the error does not say whose change it is. `waitForOperation` waits for an operation.
   */
  waitUntilApplied<N extends ShownChange>(
    operation: N,
    input: Operations[N]['input'],
    seconds?: number,
  ): Promise<GlobalReplicationGroup | undefined>;
  /**
   * Waits until the operation has succeeded and returns it. Throws `OperationFailed` or `OperationStopped` with its reason and
   * advice. A status that this client does not know counts as running until `EndedAt` is set. Throws `StillChanging` after
   * `seconds` (default: five hours, which is longer than an operation can run).
   */
  waitForOperation(OperationId: string, seconds?: number): Promise<Operation>;
}

/**
 * Creates a client. Each change has an Idempotency-Key, so that all attempts of one call are the same change. Retries 429, 502,
 * 503, 504 and broken connections after `Retry-After`, or after a random and growing delay. Members of responses that this
 * client does not know are passed on.
 */
export function globalDatastores(options: ClientOptions): GlobalDatastores {
  const call = (name: Name, input: object, callOptions: CallOptions = {}, dryRun = false) =>
    perform(options, requestOf(name, input as Record<string, unknown>, callOptions, dryRun), callOptions.signal);
  const methods = Object.fromEntries(
    (Object.keys(operations) as Name[]).map((name) => [
      name,
      (input: object, callOptions?: CallOptions) => call(name, input, callOptions),
    ]),
  );
  return {
    ...(methods as unknown as Methods),
    dryRun: (name, input, callOptions) => call(name, input, callOptions, true) as Promise<Findings>,
    waitUntilStable: (id, seconds = 3600) => untilStable(call, id, Date.now() + seconds * 1000),
    waitUntilApplied: (operation, input, seconds = 3600) =>
      untilApplied(call, operation, input, Date.now() + seconds * 1000),
    waitForOperation: (id, seconds = 5 * 3600) => untilSucceeded(call, id, Date.now() + seconds * 1000),
  };
}

interface Outgoing {
  readonly method: string;
  readonly target: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

function requestOf(name: Name, input: Record<string, unknown>, options: CallOptions, dryRun: boolean): Outgoing {
  const { method, path, inPath, inQuery } = operations[name];
  const places: readonly string[] = [...inPath, ...inQuery];
  const body = Object.fromEntries(Object.entries(input).filter(([member]) => !places.includes(member)));
  const query = Object.fromEntries(
    inQuery.flatMap((member) => (input[member] === undefined ? [] : [[member, `${input[member]}`]])),
  );
  const hasBody = method !== 'GET' && Object.keys(body).length > 0;
  return {
    method,
    target: path.replace(/\{(\w+)\}/g, (_, member: string) => encodeURIComponent(`${input[member]}`)),
    query: { ...query, ...(dryRun && { DryRun: 'true' }) },
    headers: {
      accept: 'application/json, application/problem+json',
      ...(hasBody && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && { 'idempotency-key': `"${options.idempotencyKey ?? randomUUID()}"` }),
      ...(options.wait !== undefined && { prefer: `wait=${options.wait}` }),
      ...(options.ifMatch && { 'if-match': options.ifMatch }),
    },
    ...(hasBody && { body: JSON.stringify(body) }),
  };
}

async function perform(options: ClientOptions, request: Outgoing, signal?: AbortSignal): Promise<unknown> {
  const { attempts = 5 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(options, request, signal);
    } catch (error) {
      if (!(error instanceof GlobalDatastoreError) || attempt >= attempts || !isRetryable(error)) throw error;
      signal?.throwIfAborted();
      await sleep(backoffMs(attempt, error), undefined, signal ? { signal } : {});
    }
  }
}

async function attemptOnce(options: ClientOptions, request: Outgoing, signal?: AbortSignal): Promise<unknown> {
  const { url, init } = await fetchArguments(options, request);
  const limits = [AbortSignal.timeout(options.attemptMs ?? 35_000), ...(signal ? [signal] : [])];
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.any(limits) });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new GlobalDatastoreError(0, { code: 'NoAnswer', detail: `No response from ${url.origin}.` }, cause);
  }
  const body = parseJson(text);
  if (response.ok && body) return body;
  const problem: Problem = { detail: (body as { message?: string })?.message, ...body };
  throw Object.assign(new GlobalDatastoreError(response.status, problem), {
    retryAfter: Number(response.headers.get('retry-after') ?? Number.NaN),
  });
}

async function fetchArguments({ url, credentials, region = 'us-east-1', token }: ClientOptions, request: Outgoing) {
  const target = new URL(`${url.replace(/\/$/, '')}${request.target}`);
  target.search = new URLSearchParams(request.query).toString();
  const { method, body } = request;
  const bearer = typeof token === 'function' ? await token() : token;
  const headers = { ...request.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) };
  if (!credentials) return { url: target, init: { method, headers, ...(body && { body }) } };

  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { hostname, protocol, port, pathname: path } = target;
  const unsigned = {
    method,
    hostname,
    protocol,
    path,
    query: request.query,
    body,
    headers: { ...headers, host: target.host },
  };
  const signed = await signer.sign({ ...unsigned, ...(port && { port: Number(port) }) });
  return { url: target, init: { method, headers: signed.headers, ...(body && { body }) } };
}

function parseJson(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** True if the same request may succeed later without a change. */
const isRetryable = ({ status, code }: GlobalDatastoreError): boolean =>
  [0, 429, 502, 503, 504].includes(status) || code === 'IdempotencyKeyInProgress';

/** Returns `Retry-After`, at most a minute. Without it, a random delay of up to 200 ms that doubles with each attempt. */
function backoffMs(
  attempt: number,
  { retryAfter = Number.NaN }: GlobalDatastoreError & { retryAfter?: number },
): number {
  return Number.isNaN(retryAfter) ? Math.random() * 200 * 2 ** attempt : Math.min(retryAfter, 60) * 1000;
}

type Call = (name: Name, input: object, options?: CallOptions) => Promise<unknown>;

async function untilStable(call: Call, GlobalReplicationGroupId: string, end: number) {
  while (Date.now() < end) {
    const group = await findDatastore(call, GlobalReplicationGroupId);
    if (!group || isStable(group)) return group;
    await sleep(500);
  }
  throw stillChanging(GlobalReplicationGroupId);
}

/** AWS does not document how soon a read shows a change, so that only the second look in a row without it is an error. */
async function untilApplied<N extends ShownChange>(
  call: Call,
  operation: N,
  input: Operations[N]['input'],
  end: number,
): Promise<GlobalReplicationGroup | undefined> {
  const { GlobalReplicationGroupId: id } = input;
  for (let misses = 0; misses < 2; await sleep(500)) {
    if (Date.now() >= end) throw stillChanging(id);
    const group = await findDatastore(call, id);
    const hasEnded = !group || isStable(group) || group.Status.endsWith('failed');
    if (hasEnded && !group?.Status.endsWith('failed') && isApplied(operation, input, group)) return group;
    misses = hasEnded ? misses + 1 : 0;
  }
  const detail = `AWS accepted ${operation} of ${id}, and it has ended without what was asked for. Compare the datastore with the request.`;
  throw new GlobalDatastoreError(0, { code: 'ChangeNotApplied', detail, instance: `/global-datastores/${id}` });
}

const stillChanging = (id: string) =>
  new GlobalDatastoreError(0, { code: 'StillChanging', detail: `${id} is still changing.` });

async function untilSucceeded(call: Call, OperationId: string, end: number): Promise<Operation> {
  while (Date.now() < end) {
    const answer = await call('getOperation', { OperationId }, { wait: 20 });
    const { Operation } = answer as Operations['getOperation']['output'];
    if (Operation.Status === 'SUCCEEDED') return Operation;
    if (hasEnded(Operation)) throw notSucceeded(Operation);
    await sleep(500);
  }
  throw stillChanging(OperationId);
}

/** True if the operation has ended. `EndedAt` covers statuses that this client does not know. */
const hasEnded = ({ Status, EndedAt }: Operation): boolean =>
  EndedAt !== undefined || Status === 'FAILED' || Status === 'STOPPED';

/** Creates the error of an operation that did not reach its goal. Its cause is the operation. */
function notSucceeded(operation: Operation): GlobalDatastoreError {
  const { OperationId, Status, Reason = 'It gave no reason.', Advice = '' } = operation;
  const code = Status === 'STOPPED' ? 'OperationStopped' : 'OperationFailed';
  const detail = `${OperationId}: ${Reason} ${Advice}`.trim();
  return new GlobalDatastoreError(0, { code, detail, instance: `/operations/${OperationId}` }, operation);
}

async function findDatastore(
  call: Call,
  GlobalReplicationGroupId: string,
): Promise<GlobalReplicationGroup | undefined> {
  try {
    const answer = await call('getGlobalDatastore', { GlobalReplicationGroupId }, { wait: 20 });
    return (answer as Operations['getGlobalDatastore']['output']).GlobalReplicationGroup;
  } catch (error) {
    if (error instanceof GlobalDatastoreError && error.status === 404) return undefined;
    throw error;
  }
}

const isStable = ({ Status, Members = [] }: GlobalReplicationGroup): boolean =>
  ['available', 'primary-only'].includes(Status) && Members.every((member) => member.Status === 'associated');
