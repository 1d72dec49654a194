import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { findAction } from './actions/index.ts';
import {
  ADMIN_PATH,
  type AdminState,
  handleAdminRequest,
  type RecordedCall,
  type RequestParts,
} from './admin/adminApi.ts';
import { applyFault, FaultInjector, NetworkFault } from './admin/faultInjection.ts';
import { readAuthorization } from './protocol/credentialScope.ts';
import { Fault } from './protocol/fault.ts';
import {
  findOperationSchema,
  readForm,
  readInput,
  VERSION,
  writeFault,
  writeOutput,
} from './protocol/queryProtocol.ts';
import type { StoreOptions } from './state/options.ts';
import { persistState } from './state/stateFile.ts';
import { Store } from './state/store.ts';

export type { StoreOptions } from './state/options.ts';
export { Store } from './state/store.ts';

export interface EmulatorOptions extends StoreOptions {
  /** Where the state is kept over restarts; none unless given. */
  stateFile?: string;
  /** A store to start from, instead of a new one of the options above. */
  store?: Store;
}

/** An HTTP server, and the store behind it for whoever wants to look or seed in the same process. */
export type Emulator = Server & { store: Store };

/** ElastiCache as far as global datastores need it, in the AWS Query protocol. The caller listens, on 127.0.0.1 only. */
export function createEmulator({ stateFile, store, ...options }: EmulatorOptions = {}): Emulator {
  const emulated = store ?? new Store(options);
  if (stateFile) persistState(emulated, stateFile);
  const state: AdminState = { store: emulated, injection: new FaultInjector(), calls: [] };
  const server = createServer((request, response) => {
    handleRequest(state, request, response).catch((error: unknown) => abortResponse(response, error));
  });
  return Object.assign(server, { store: emulated });
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_CALLS = 1000;

async function handleRequest(state: AdminState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts = await readParts(request);
  if (parts.path.startsWith(ADMIN_PATH)) return handleAdminRequest(state, parts, response);
  const call: RecordedCall = { Action: null, Region: null, Account: null, Code: null, RequestId: randomUUID() };
  state.calls.push(call);
  if (state.calls.length > MAX_CALLS) state.calls.shift();
  try {
    send(response, 200, executeAction(state, parts, call), call);
  } catch (error) {
    sendFault(response, error, call);
  }
}

async function readParts(request: IncomingMessage): Promise<RequestParts> {
  const { method = '', url = '', headers } = request;
  const [path = '', query = ''] = url.split('?', 2);
  return { method, path, query, authorization: headers.authorization, body: await readBody(request) };
}

/** Runs the operation a request asks for and gives its XML answer; notes in `call` what it is. */
function executeAction(state: AdminState, parts: RequestParts, call: RecordedCall): string {
  const parameters = readParameters(parts);
  const action = parameters.get('Action');
  call.Action = action ?? null;
  const { region, account } = readAuthorization(parts.authorization);
  call.Region = region;
  call.Account = account;
  if (!action) throw new Fault('MissingAction', 'The request is missing an action.');
  const schema = findOperationSchema(action);
  if (!schema) throw new Fault('InvalidAction', `Could not find operation ${action} for version ${VERSION}`);
  const operation = findAction(action);
  if (!operation) throw new Fault('InvalidAction', `${action} is an operation of ElastiCache that is not emulated.`);
  if (parameters.get('Version') !== VERSION)
    throw new Fault('NoSuchVersion', `The version must be ${VERSION}, not ${parameters.get('Version') ?? 'missing'}.`);
  const run = () => {
    const output = operation(state.store.viewFrom(region, account), readInput(schema, parameters));
    state.store.notifyChanged();
    return writeOutput(schema, output, call.RequestId);
  };
  const injected = state.injection.take(action, region);
  if (!injected) return run();
  if (injected.Executed) runIgnoringFaults(run);
  return applyFault(injected);
}

/** Runs it for its effect; a refusal has none. */
function runIgnoringFaults(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

function sendFault(response: ServerResponse, error: unknown, call: RecordedCall): void {
  if (error instanceof NetworkFault) {
    call.Code = error.kind;
    if (error.kind === 'reset') response.socket?.resetAndDestroy();
    return;
  }
  const fault = error instanceof Fault ? error : new Fault('InternalFailure', `The emulator has a bug: ${error}`);
  if (fault !== error) console.error(error);
  call.Code = fault.code;
  send(response, fault.status, writeFault(fault, call.RequestId), call);
}

/** Query services take parameters in the body of a POST or in the query string of a GET. */
function readParameters({ method, path, query, body }: RequestParts): Map<string, string> {
  if (body === undefined) throw new Fault('RequestEntityTooLarge', `A request may have ${MAX_BODY_BYTES} bytes.`);
  if (path !== '/') throw new Fault('UnknownOperationException', `Nothing is at ${path}.`);
  if (method === 'POST') return readForm(body);
  if (method === 'GET') return readForm(query);
  throw new Fault('MethodNotAllowed', `Use POST, not ${method}.`);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, xml: string, { RequestId }: RecordedCall): void {
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(xml),
    'x-amzn-requestid': RequestId,
  });
  response.end(xml);
}

/** The caller went away while sending, or something has to be mended here. */
function abortResponse(response: ServerResponse, error: unknown): void {
  if (!response.destroyed) console.error(error);
  response.destroy();
}
