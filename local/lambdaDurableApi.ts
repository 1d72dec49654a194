import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ErrorObject } from '@aws/durable-execution-sdk-js';
import { createEngine, type Engine, type EngineOptions, type Execution } from './durableExecutionEngine.ts';

/**
 * Creates a server with the part of the Lambda API that starts, lists, reads and stops durable executions, and that ends their
 * callbacks. Every execution belongs to version 1 of its function. The caller must listen on 127.0.0.1 only.
 */
export function createDurableApi(options: EngineOptions): Server {
  const engine = createEngine(options);
  const server = createServer((request, response) => {
    handleRequest(engine, request, response).catch((error: unknown) => sendError(response, error));
  });
  return server.once('close', () => engine.close());
}

interface LambdaRequest {
  /** The values of the path parameters, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface LambdaResponse {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

const arnPath = '/2025-12-01/durable-executions/([^/]+)';

/** The actions by their method and path (AWS Lambda API reference). */
const actions: readonly [string, RegExp, (engine: Engine, request: LambdaRequest) => LambdaResponse][] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, invoke],
  ['GET', /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/, listDurableExecutionsByFunction],
  ['GET', new RegExp(`^${arnPath}$`), getDurableExecution],
  ['GET', new RegExp(`^${arnPath}/history$`), getDurableExecutionHistory],
  ['POST', new RegExp(`^${arnPath}/stop$`), stopDurableExecution],
  ['POST', /^\/2025-12-01\/durable-execution-callbacks\/([^/]+)\/succeed$/, sendDurableExecutionCallbackSuccess],
];

async function handleRequest(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { pathname, searchParams } = new URL(`http://lambda${request.url}`);
  for (const [method, pattern, action] of actions) {
    const match = method === request.method && pathname.match(pattern);
    if (!match) continue;
    const path = match.slice(1).map(decodeURIComponent);
    const body = Buffer.concat(chunks).toString();
    return send(response, action(engine, { path, query: searchParams, headers: request.headers, body }));
  }
  throw new LambdaError('UnknownOperationException', 404, `Nothing is at ${request.method} ${pathname}.`);
}

/**
 * Starts an execution. An execution with the same name and payload is returned instead of a new one, even after its end (AWS
 * Lambda developer guide, durable functions).
 */
function invoke(engine: Engine, { path: [functionName = ''], query, headers, body }: LambdaRequest): LambdaResponse {
  if (!Object.hasOwn(engine.functions, functionName)) throw notFound(`Function not found: ${functionName}`);
  if (!query.get('Qualifier')) {
    // seen in serverless/serverless#13589
    throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
  }
  if (headers['x-amz-invocation-type'] !== 'Event')
    throw invalidParameter('Only InvocationType Event is supported here.');
  const name = `${headers['x-amz-durable-execution-name'] ?? randomUUID()}`;
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidParameter(`${name} is not a valid name of a durable execution.`);

  const execution = findExecution(engine, functionName, name, body) ?? engine.start(functionName, name, body);
  return { status: 202, headers: { 'x-amz-durable-execution-arn': execution.arn } };
}

/** @throws LambdaError `DurableExecutionAlreadyStartedException` if the execution has another input. */
function findExecution(
  { executions }: Engine,
  functionName: string,
  name: string,
  input: string,
): Execution | undefined {
  const execution = executions.find((each) => each.functionName === functionName && each.name === name);
  if (execution && execution.input !== input) {
    throw new LambdaError('DurableExecutionAlreadyStartedException', 409, `${name} was started with another payload.`);
  }
  return execution;
}

/**
 * Returns the executions of all versions, because no qualifier is accepted (seen in code that runs against AWS; the API
 * reference says otherwise).
 */
function listDurableExecutionsByFunction(
  { executions }: Engine,
  { path: [functionName], query }: LambdaRequest,
): LambdaResponse {
  if (query.get('Qualifier')) throw invalidParameter('cannot filter durable executions by alias');
  const name = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const matching = executions
    .filter((execution) => execution.functionName === functionName)
    .filter((execution) => !name || execution.name === name)
    .filter((execution) => statuses.length === 0 || statuses.includes(execution.status))
    .sort((a, b) => b.startedAt - a.startedAt);
  const from = Number(query.get('Marker') ?? 0);
  if (Number.isNaN(from)) throw invalidParameter('Invalid Marker.'); // unverified: the error and its words
  const to = from + Number(query.get('MaxItems') ?? 100);
  return {
    body: {
      DurableExecutions: matching.slice(from, to).map(toSummary),
      ...(to < matching.length && { NextMarker: String(to) }),
    },
  };
}

const toSummary = ({ arn, name, status, startedAt, endedAt }: Execution) => ({
  DurableExecutionArn: arn,
  DurableExecutionName: name,
  FunctionArn: arn.slice(0, arn.indexOf(':1/durable-execution/')),
  Status: status,
  StartTimestamp: startedAt / 1000,
  ...(endedAt && { EndTimestamp: endedAt / 1000 }),
});

function getDurableExecution(engine: Engine, request: LambdaRequest): LambdaResponse {
  const execution = requireExecution(engine, request);
  const { input, result, error } = execution;
  return { body: { ...toSummary(execution), Version: '1', InputPayload: input, Result: result, Error: error } };
}

/** Returns the latest result of each step, newest first, as AWS does with `ReverseOrder`. It has no other events. */
function getDurableExecutionHistory(engine: Engine, request: LambdaRequest): LambdaResponse {
  const { steps } = requireExecution(engine, request);
  const events = steps.flatMap(({ Id, Name, SubType, StepDetails: { Result, Attempt } = {} }, index) => {
    const StepSucceededDetails = { Result: { Payload: Result }, RetryDetails: { CurrentAttempt: Attempt } };
    return Result ? [{ EventType: 'StepSucceeded', EventId: index + 1, Id, Name, SubType, StepSucceededDetails }] : [];
  });
  return { body: { Events: events.reverse().slice(0, Number(request.query.get('MaxItems') ?? 100)) } };
}

/** Stops a running execution. unverified: AWS ignores a stop of an execution that has ended. */
function stopDurableExecution(engine: Engine, request: LambdaRequest): LambdaResponse {
  const execution = requireExecution(engine, request);
  engine.stop(execution, request.body ? (JSON.parse(request.body) as ErrorObject) : undefined);
  return { body: { StopTimestamp: (execution.endedAt ?? 0) / 1000 } };
}

/** Ends a callback. The error is that of the API reference for one that has ended, or that does not exist. */
function sendDurableExecutionCallbackSuccess(engine: Engine, { path: [id = ''], body }: LambdaRequest): LambdaResponse {
  if (engine.completeCallback(id, body)) return { body: {} };
  throw new LambdaError('CallbackTimeoutException', 400, 'The callback has ended, or does not exist.');
}

function requireExecution({ executions }: Engine, { path: [arn] }: LambdaRequest): Execution {
  const execution = executions.find((each) => each.arn === arn);
  if (execution) return execution;
  throw notFound(`No durable execution ${arn}.`);
}

/** An error response of Lambda. */
class LambdaError extends Error {
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const invalidParameter = (message: string) => new LambdaError('InvalidParameterValueException', 400, message);
const notFound = (message: string) => new LambdaError('ResourceNotFoundException', 404, message);

function send(response: ServerResponse, { status = 200, headers = {}, body }: LambdaResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(body && JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  const { name, status, message } =
    error instanceof LambdaError ? error : new LambdaError('ServiceException', 500, String(error));
  send(response, { status, headers: { 'x-amzn-errortype': name }, body: { Type: 'User', Message: message } });
}
