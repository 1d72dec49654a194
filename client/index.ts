import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { type GlobalReplicationGroup, type Operation, type Operations, operations } from './operations.ts';

export type * from './operations.ts';

/** What a client is made of. */
export interface ClientOptions {
  /** Where the API is, such as `https://abc.execute-api.us-east-1.amazonaws.com`. */
  readonly url: string;
  /** With these, requests are signed for API Gateway (SigV4): keys, or a function that gives them. */
  readonly credentials?: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  /** The region of the API, for the signature. */
  readonly region?: string;
  /** Where the API takes JWT: the token, or a function that gives a fresh one. */
  readonly token?: string | (() => string | Promise<string>);
  /** How often a request is tried before its trouble is the caller's: 5 unless given. */
  readonly attempts?: number;
  /** How long one attempt may take, in milliseconds: 35,000 unless given. */
  readonly attemptMs?: number;
}

/** What a caller may say of one call. */
export interface CallOptions {
  /** Let the answer wait until nothing is under way, so many seconds at most (25). */
  readonly wait?: number;
  /** Act only onto the state that has this entity tag. */
  readonly ifMatch?: string;
  /** The key under which a repeat of this change is the same change; one is made when left out. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** A refusal or failure, as the API tells it (RFC 9457). */
export class GlobalDatastoreError extends Error {
  override readonly name = 'GlobalDatastoreError';
  /** The HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** What kind of problem it is, such as `InvalidGlobalReplicationGroupStateFault`. */
  readonly code: string;
  /** The whole problem, with `errors`, `remedies` and `upstream` where it has them. */
  readonly problem: Problem;

  constructor(status: number, problem: Problem, cause?: unknown) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`, { cause });
    this.status = status;
    this.code = problem.code ?? 'Unknown';
    this.problem = problem;
  }

  /** The checks that fail, where the API could tell why AWS refused. */
  get checks(): NonNullable<Problem['checks']> {
    return this.problem.checks ?? [];
  }
}

/** A problem, as far as the client knows it. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly instance?: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string; readonly parameter?: string }[];
  readonly checks?: readonly { readonly Id: string; readonly Outcome: string; readonly Detail: string }[];
  readonly remedies?: readonly { readonly method: string; readonly href: string }[];
  readonly upstream?: { readonly service: string; readonly region: string; readonly requestId?: string };
}

/** What a dry run finds. */
export interface Findings {
  readonly Valid: boolean;
  readonly Checks: readonly {
    readonly Id: string;
    readonly Outcome: 'pass' | 'warn' | 'fail';
    readonly Detail: string;
  }[];
  readonly Plan: readonly string[];
}

type Name = keyof Operations;

/** Every operation as a method: its input is one object with what goes in the path, the query and the body. */
type Methods = {
  readonly [N in Name]: (input: Operations[N]['input'], options?: CallOptions) => Promise<Operations[N]['output']>;
};

/** A client of the Global Datastore API. Its methods are the API's operations; each throws `GlobalDatastoreError`. */
export interface GlobalDatastores extends Methods {
  /** What the operation would do, and whether it can be done. */
  dryRun<N extends Name>(operation: N, input: Operations[N]['input'], options?: CallOptions): Promise<Findings>;
  /** The datastore once nothing is under way; `undefined` when it is gone. Throws after `seconds` (an hour unless given). */
  waitUntilStable(GlobalReplicationGroupId: string, seconds?: number): Promise<GlobalReplicationGroup | undefined>;
  /**
   * The operation once it has succeeded. Throws `OperationFailed` or `OperationStopped` with its reason and advice, and
   * `StillChanging` after `seconds` (five hours unless given; an operation ends by itself before that).
   */
  waitForOperation(OperationId: string, seconds?: number): Promise<Operation>;
}

/**
 * Makes a client. Changes carry an Idempotency-Key by themselves, so that every attempt of one call is the same change;
 * 429, 502, 503, 504 and a broken connection are tried again, after `Retry-After` or with growing, random pauses.
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
      if (!(error instanceof GlobalDatastoreError) || attempt >= attempts || !mayPass(error)) throw error;
      signal?.throwIfAborted();
      await sleep(pauseMs(attempt, error), undefined, signal ? { signal } : {});
    }
  }
}

async function attemptOnce(options: ClientOptions, request: Outgoing, signal?: AbortSignal): Promise<unknown> {
  const { url, init } = await prepared(options, request);
  const limits = [AbortSignal.timeout(options.attemptMs ?? 35_000), ...(signal ? [signal] : [])];
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.any(limits) });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new GlobalDatastoreError(0, { code: 'NoAnswer', detail: `No answer from ${url.origin}.` }, cause);
  }
  const answer = asJson(text);
  if (response.ok && answer) return answer;
  const problem: Problem = { detail: (answer as { message?: string })?.message, ...answer };
  throw Object.assign(new GlobalDatastoreError(response.status, problem), {
    retryAfter: Number(response.headers.get('retry-after') ?? Number.NaN),
  });
}

async function prepared({ url, credentials, region = 'us-east-1', token }: ClientOptions, request: Outgoing) {
  const at = new URL(`${url.replace(/\/$/, '')}${request.target}`);
  at.search = new URLSearchParams(request.query).toString();
  const { method, body } = request;
  const bearer = typeof token === 'function' ? await token() : token;
  const headers = { ...request.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) };
  if (!credentials) return { url: at, init: { method, headers, ...(body && { body }) } };

  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { hostname, protocol, port, pathname: path } = at;
  const unsigned = {
    method,
    hostname,
    protocol,
    path,
    query: request.query,
    body,
    headers: { ...headers, host: at.host },
  };
  const signed = await signer.sign({ ...unsigned, ...(port && { port: Number(port) }) });
  return { url: at, init: { method, headers: signed.headers, ...(body && { body }) } };
}

function asJson(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** Whether the same request may succeed later, unchanged. */
const mayPass = ({ status, code }: GlobalDatastoreError): boolean =>
  [0, 429, 502, 503, 504].includes(status) || code === 'IdempotencyKeyInProgress';

/** What the API asks for, at most a minute; else up to 200 ms, doubled with each attempt, and never all callers at once. */
function pauseMs(attempt: number, { retryAfter = Number.NaN }: GlobalDatastoreError & { retryAfter?: number }): number {
  return Number.isNaN(retryAfter) ? Math.random() * 200 * 2 ** attempt : Math.min(retryAfter, 60) * 1000;
}

type Call = (name: Name, input: object, options?: CallOptions) => Promise<unknown>;

async function untilStable(call: Call, GlobalReplicationGroupId: string, end: number) {
  while (Date.now() < end) {
    const group = await lookAt(call, GlobalReplicationGroupId);
    if (!group || isStable(group)) return group;
    await sleep(500);
  }
  throw stillChanging(GlobalReplicationGroupId);
}

const stillChanging = (id: string) =>
  new GlobalDatastoreError(0, { code: 'StillChanging', detail: `${id} is still changing.` });

async function untilSucceeded(call: Call, OperationId: string, end: number): Promise<Operation> {
  while (Date.now() < end) {
    const answer = await call('getOperation', { OperationId }, { wait: 20 });
    const { Operation } = answer as Operations['getOperation']['output'];
    if (Operation.Status === 'SUCCEEDED') return Operation;
    if (Operation.Status !== 'RUNNING') throw notSucceeded(Operation);
    await sleep(500);
  }
  throw stillChanging(OperationId);
}

/** Why an operation has not come to its goal; what it shows of itself is the cause. */
function notSucceeded(operation: Operation): GlobalDatastoreError {
  const { OperationId, Status, Reason = 'It did not say why.', Advice = '' } = operation;
  const code = Status === 'STOPPED' ? 'OperationStopped' : 'OperationFailed';
  const detail = `${OperationId}: ${Reason} ${Advice}`.trim();
  return new GlobalDatastoreError(0, { code, detail, instance: `/operations/${OperationId}` }, operation);
}

async function lookAt(call: Call, GlobalReplicationGroupId: string): Promise<GlobalReplicationGroup | undefined> {
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
