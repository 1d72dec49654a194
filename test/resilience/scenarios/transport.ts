import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';

/** The kind of a fault at an outgoing call. */
export type FaultKind =
  | 'killed before'
  | 'killed after'
  | 'connection reset before'
  | 'connection reset after'
  | 'throttled';

/** A fault of a run: its kind, the outgoing call at which it starts, and the number of calls that it affects. */
export interface Fault {
  readonly faultKind: FaultKind;
  /** The number of the call, from 1, or the first call of a kind: a change in AWS, a read of AWS, or a read of the table. */
  readonly at: number | 'change' | 'read' | 'table read';
  /** The call alone, the call with its retries by the SDK, or the call and all later ones. A kill ends the run in any case. */
  readonly extent: 'call' | 'retries' | 'run';
}

/** An outgoing call of a run. */
export interface Call {
  readonly service: 'ElastiCache' | 'DynamoDB' | 'Lambda' | 'Secrets Manager';
  readonly action: string;
  readonly region: string;
  /** The members of the input of ElastiCache, or the name and the ARN of a durable execution. */
  readonly input: Readonly<Record<string, string>>;
  /** True if the call changes something in AWS. Records in the table do not count. */
  readonly isChange: boolean;
  /** The fault of the call. */
  faultKind?: FaultKind;
  /** The HTTP status that the service returned, if the call was forwarded. */
  status?: number;
  /** The ARN of the durable execution in the response. */
  execution?: string;
}

/** A run: one request with its outgoing calls. After a kill, these calls never return. */
export class Run {
  readonly by: string;
  readonly calls: Call[] = [];
  readonly killed = Promise.withResolvers<void>();
  readonly #fault: Fault | undefined;
  readonly #watch: (call: Call, phase: 'before' | 'after') => void;
  #isKilled = false;
  #faultyCall: Call | undefined;

  constructor(by: string, fault: Fault | undefined, watch: (call: Call, phase: 'before' | 'after') => void) {
    this.by = by;
    this.#fault = fault;
    this.#watch = watch;
  }

  /** The fault and its call, as text. Undefined if the run had no such call. */
  get faultSummary(): string | undefined {
    if (!this.#fault || !this.#faultyCall) return undefined;
    const { faultKind, extent } = this.#fault;
    const suffix =
      faultKind.startsWith('killed') || extent === 'call'
        ? ''
        : extent === 'retries'
          ? ' and its retries'
          : ' and all later ones';
    return `${faultKind} call ${this.calls.indexOf(this.#faultyCall) + 1}, ${this.#faultyCall.action}${suffix}`;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Forwards a call, or applies the fault before or after it. */
  async intercept(request: HttpRequest, forward: () => Promise<HttpResponse>): Promise<HttpResponse> {
    if (this.#isKilled) return never();
    const call = callOf(request);
    this.calls.push(call);
    call.faultKind = this.#faultFor(call);
    this.#watch(call, 'before');
    if (call.faultKind === 'killed before') return this.#kill();
    if (call.faultKind === 'connection reset before') throw connectionReset();
    if (call.faultKind === 'throttled') return throttled(call);
    const result = await forward().catch((error) => (this.#isKilled ? never() : Promise.reject(error)));
    call.status = result.response.statusCode;
    call.execution = result.response.headers['x-amz-durable-execution-arn'];
    this.#watch(call, 'after');
    if (call.faultKind === 'killed after') return this.#kill();
    if (call.faultKind === 'connection reset after') throw connectionReset();
    return this.#isKilled ? never() : result;
  }

  #faultFor(call: Call): FaultKind | undefined {
    if (!this.#fault) return undefined;
    const { faultKind, at, extent } = this.#fault;
    if (!this.#faultyCall && (at === this.calls.length || at === kindOf(call))) this.#faultyCall = call;
    if (!this.#faultyCall) return undefined;
    const isSame = this.#faultyCall.action === call.action && this.#faultyCall.region === call.region;
    return call === this.#faultyCall || extent === 'run' || (extent === 'retries' && isSame) ? faultKind : undefined;
  }

  #kill(): Promise<never> {
    this.#isKilled = true;
    this.killed.resolve();
    return never();
  }
}

const runs = new AsyncLocalStorage<Run>();

/** Calls `execute` as the run: all its outgoing calls pass through the run. */
export const runWithin = <T>(run: Run, execute: () => Promise<T>): Promise<T> => runs.run(run, execute);

/** Routes the calls of all clients of the SDK through the run that makes them. */
export function interceptCalls(): void {
  const { requestHandler } = new ElastiCacheClient({ region: 'us-east-1' }).config;
  const transport = Object.getPrototypeOf(requestHandler) as { handle: Handle };
  const { handle } = transport;
  transport.handle = function (request, options) {
    const run = runs.getStore();
    return run
      ? run.intercept(request, () => handle.call(this, request, options))
      : handle.call(this, request, options);
  };
}

type Handle = (request: HttpRequest, options: object) => Promise<HttpResponse>;

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface HttpResponse {
  readonly response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body?: unknown };
}

function kindOf({ service, action, isChange }: Call): Fault['at'] | undefined {
  if (isChange) return 'change';
  if (service === 'DynamoDB') return /^(Get|Query)/.test(action) ? 'table read' : undefined;
  return 'read';
}

const never = () => new Promise<never>(() => {});

function callOf({ method, path, headers, body }: HttpRequest): Call {
  const region = headers.authorization?.split('/')[2] ?? '';
  const target = headers['x-amz-target'];
  const service = target?.startsWith('secretsmanager') ? 'Secrets Manager' : 'DynamoDB';
  if (target) return { service, action: target.replace(/^.*\./, ''), region, input: {}, isChange: false };
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const action = form.get('Action');
  if (action) {
    const isChange = !/^(Describe|List)/.test(action);
    return { service: 'ElastiCache', action, region, input: Object.fromEntries(form), isChange };
  }
  const name = path.match(/\/([a-z-]+)$/)?.[1] ?? 'execution';
  const execution = decodeURIComponent(path.match(/durable-executions\/([^/]+)/)?.[1] ?? '');
  const input = { name: headers['x-amz-durable-execution-name'] ?? '', execution };
  return { service: 'Lambda', action: `${method} ${name}`, region, input, isChange: method === 'POST' };
}

const connectionReset = () =>
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });

/** Returns the response with which a service throttles a call. */
function throttled({ service }: Call): HttpResponse {
  if (service === 'ElastiCache') {
    const error = '<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>';
    return createResponse(400, 'text/xml', `<ErrorResponse>${error}<RequestId>none</RequestId></ErrorResponse>`);
  }
  const type =
    service === 'DynamoDB' ? 'com.amazonaws.dynamodb.v20120810#ThrottlingException' : 'TooManyRequestsException';
  return createResponse(
    service === 'DynamoDB' ? 400 : 429,
    'application/json',
    `{"__type":"${type}","message":"Rate exceeded"}`,
  );
}

const createResponse = (statusCode: number, type: string, text: string): HttpResponse => ({
  response: { statusCode, headers: { 'content-type': type }, body: Readable.from([Buffer.from(text)]) },
});
