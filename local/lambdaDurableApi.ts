import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ErrorObject } from '@aws/durable-execution-sdk-js';
import { createEngine, type Engine, type EngineOptions, type Execution } from './durableExecutionEngine.ts';

/**
 * As much of AWS Lambda as durable executions need to be started, found, read and stopped; every execution as if under one
 * version. The caller listens, on 127.0.0.1 only.
 */
export async function createDurableApi(options: EngineOptions): Promise<Server> {
  const engine = await createEngine(options);
  const server = createServer((request, response) => {
    answer(engine, request, response).catch((error: unknown) => refuse(response, error));
  });
  return server.once('close', () => void engine.end());
}

interface Call {
  /** The parts of the path that stand for something. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

const arnPath = '/2025-12-01/durable-executions/([^/]+)';

/** The operations by their method and path (AWS Lambda API reference). */
const operations: readonly [string, RegExp, (engine: Engine, call: Call) => Answer][] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, Invoke],
  ['GET', /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/, ListDurableExecutionsByFunction],
  ['GET', new RegExp(`^${arnPath}$`), GetDurableExecution],
  ['GET', new RegExp(`^${arnPath}/history$`), GetDurableExecutionHistory],
  ['POST', new RegExp(`^${arnPath}/stop$`), StopDurableExecution],
];

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { pathname, searchParams } = new URL(`http://lambda${request.url}`);
  for (const [method, pattern, operation] of operations) {
    const match = method === request.method && pathname.match(pattern);
    if (!match) continue;
    const path = match.slice(1).map(decodeURIComponent);
    const body = Buffer.concat(chunks).toString();
    return send(response, operation(engine, { path, query: searchParams, headers: request.headers, body }));
  }
  throw new Refusal('UnknownOperationException', 404, `Nothing is at ${request.method} ${pathname}.`);
}

/** Same name and same payload: the execution that there is, ended or not (AWS Lambda developer guide, durable functions). */
function Invoke(engine: Engine, { path: [functionName = ''], query, headers, body }: Call): Answer {
  if (!Object.hasOwn(engine.functions, functionName)) throw notFound(`Function not found: ${functionName}`);
  if (!query.get('Qualifier')) {
    // seen in serverless/serverless#13589
    throw invalid('You cannot invoke a durable function using an unqualified ARN.');
  }
  if (headers['x-amz-invocation-type'] !== 'Event') throw invalid('Only InvocationType Event is known here.');
  const name = `${headers['x-amz-durable-execution-name'] ?? randomUUID()}`;
  if (!/^[\w-]{1,64}$/.test(name)) throw invalid(`${name} is no name of a durable execution.`);

  const execution = find(engine, functionName, name, body) ?? engine.begin(functionName, name, body);
  return { status: 202, headers: { 'x-amz-durable-execution-arn': execution.arn } };
}

function find({ executions }: Engine, functionName: string, name: string, input: string): Execution | undefined {
  const found = executions.find((execution) => execution.functionName === functionName && execution.name === name);
  if (found && found.input !== input) {
    throw new Refusal('DurableExecutionAlreadyStartedException', 409, `${name} was started with another payload.`);
  }
  return found;
}

/** Without a qualifier: the executions of all versions (seen in code that runs against AWS; the API reference says otherwise). */
function ListDurableExecutionsByFunction({ executions }: Engine, { path: [functionName], query }: Call): Answer {
  if (query.get('Qualifier')) throw invalid('cannot filter durable executions by alias');
  const name = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const found = executions
    .filter((execution) => execution.functionName === functionName)
    .filter((execution) => !name || execution.name === name)
    .filter((execution) => statuses.length === 0 || statuses.includes(execution.status))
    .sort((a, b) => b.started - a.started);
  const from = Number(query.get('Marker') ?? 0);
  const to = from + Number(query.get('MaxItems') ?? 100);
  return {
    body: {
      DurableExecutions: found.slice(from, to).map(summary),
      ...(to < found.length && { NextMarker: String(to) }),
    },
  };
}

const summary = ({ arn, name, functionName, status, started, ended }: Execution) => ({
  DurableExecutionArn: arn,
  DurableExecutionName: name,
  FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
  Status: status,
  StartTimestamp: started / 1000,
  ...(ended && { EndTimestamp: ended / 1000 }),
});

function GetDurableExecution(engine: Engine, call: Call): Answer {
  const execution = byArn(engine, call);
  const { input, result, error } = execution;
  return { body: { ...summary(execution), Version: '1', InputPayload: input, Result: result, Error: error } };
}

/** Newest first, as with ReverseOrder. */
function GetDurableExecutionHistory(engine: Engine, call: Call): Answer {
  const events = [...(byArn(engine, call).events?.() ?? [])].reverse();
  return {
    body: {
      Events: events
        .slice(0, Number(call.query.get('MaxItems') ?? 100))
        .map((event) => ({ ...event, EventTimestamp: Number(event.EventTimestamp) / 1000 })),
    },
  };
}

/** UNV: to stop an execution that has ended changes nothing. */
function StopDurableExecution(engine: Engine, call: Call): Answer {
  const execution = byArn(engine, call);
  engine.stop(execution, call.body ? (JSON.parse(call.body) as ErrorObject) : undefined);
  return { body: { StopTimestamp: (execution.ended ?? 0) / 1000 } };
}

function byArn({ executions }: Engine, { path: [arn] }: Call): Execution {
  const found = executions.find((execution) => execution.arn === arn);
  if (found) return found;
  throw notFound(`No durable execution ${arn}.`);
}

/** A fault of Lambda's. */
class Refusal extends Error {
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const invalid = (message: string) => new Refusal('InvalidParameterValueException', 400, message);
const notFound = (message: string) => new Refusal('ResourceNotFoundException', 404, message);

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(body && JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { name, status, message } =
    error instanceof Refusal ? error : new Refusal('ServiceException', 500, String(error));
  send(response, { status, headers: { 'x-amzn-errortype': name }, body: { Type: 'User', Message: message } });
}
