import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { DurableLambdaHandler, ErrorObject } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Event } from '@aws-sdk/client-lambda';

/** What the engine knows of one execution; all but `events` is kept over restarts. */
interface Execution {
  readonly name: string;
  readonly arn: string;
  readonly functionName: string;
  readonly input: string;
  readonly started: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  ended?: number;
  result?: string;
  error?: ErrorObject;
  events?: () => Event[];
}

export interface DurableOptions {
  /** The durable functions by their names. */
  functions: Readonly<Record<string, DurableLambdaHandler>>;
  /** Where executions are kept over restarts; those that were running begin anew, with the same input. */
  stateFile?: string;
}

/**
 * As much of AWS Lambda as durable executions need to be started, found, read and stopped, over AWS's own runner for tests.
 * In real time; every execution as if under one version. The caller listens, on 127.0.0.1 only.
 */
export async function createDurable({ functions, stateFile }: DurableOptions): Promise<Server> {
  await LocalDurableTestRunner.setupTestEnvironment();
  const executions: Execution[] = stateFile && existsSync(stateFile) ? read(stateFile) : [];
  const engine: Engine = {
    functions,
    executions,
    changed: () => stateFile && write(stateFile, executions),
  };
  for (const execution of executions) if (execution.status === 'RUNNING') run(engine, execution);
  const server = createServer((request, response) => {
    answer(engine, request, response).catch((error: unknown) => refuse(response, error));
  });
  return server.once('close', () => void LocalDurableTestRunner.teardownTestEnvironment());
}

interface Engine {
  readonly functions: DurableOptions['functions'];
  readonly executions: Execution[];
  readonly changed: () => void;
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

  const execution = find(engine, functionName, name, body) ?? begin(engine, functionName, name, body);
  return { status: 202, headers: { 'x-amz-durable-execution-arn': execution.arn } };
}

function find({ executions }: Engine, functionName: string, name: string, input: string): Execution | undefined {
  const found = executions.find((execution) => execution.functionName === functionName && execution.name === name);
  if (found && found.input !== input) {
    throw new Refusal('DurableExecutionAlreadyStartedException', 409, `${name} was started with another payload.`);
  }
  return found;
}

function begin(engine: Engine, functionName: string, name: string, input: string): Execution {
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:1/durable-execution/${name}/${randomUUID()}`;
  const execution: Execution = { name, arn, functionName, input, started: Date.now(), status: 'RUNNING' };
  engine.executions.push(execution);
  run(engine, execution);
  engine.changed();
  return execution;
}

/** A stopped execution is let go of at its next invocation: the runner itself cannot be stopped. */
function run(engine: Engine, execution: Execution): void {
  const durable = engine.functions[execution.functionName];
  if (!durable) return;
  const handlerFunction: DurableLambdaHandler = async (event, context) =>
    execution.status === 'RUNNING'
      ? durable(event, context)
      : ({ Status: 'FAILED' } as Awaited<ReturnType<typeof durable>>);
  const runner = new LocalDurableTestRunner({ handlerFunction });
  const first = runner.getOperationByIndex(0);
  execution.events = () => first.getEvents() ?? [];

  runner
    .run({ payload: JSON.parse(execution.input) })
    .then((end) => {
      if (end.getStatus() !== 'SUCCEEDED') throw end.getError();
      return { status: 'SUCCEEDED' as const, result: JSON.stringify(end.getResult()) };
    })
    .catch((error) => ({ status: 'FAILED' as const, error: errorObject(error) }))
    .then((end) => {
      if (execution.status !== 'RUNNING') return;
      Object.assign(execution, end, { ended: Date.now() });
      engine.changed();
    });
}

function errorObject({ errorMessage, errorType, errorData, message }: Record<string, string | undefined>): ErrorObject {
  return { ErrorMessage: errorMessage ?? message, ErrorType: errorType, ErrorData: errorData };
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

/** Newest first, as with ReverseOrder; the events of a run before a restart are lost. */
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
  if (execution.status === 'RUNNING') {
    const error = call.body ? (JSON.parse(call.body) as ErrorObject) : undefined;
    Object.assign(execution, { status: 'STOPPED', ended: Date.now(), error });
    engine.changed();
  }
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

const read = (file: string): Execution[] => JSON.parse(readFileSync(file, 'utf8')) as Execution[];

/** Writes the state so that the file is whole at any time. */
function write(file: string, executions: readonly Execution[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(executions));
  renameSync(`${file}.new`, file);
}
