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
import { metricsAction } from './cloudWatch/getMetricData.ts';
import {
  isMetricsTarget,
  isSignedForMetrics,
  metricsActionIn,
  runJsonAction,
  runQueryAction,
} from './cloudWatch/protocol.ts';
import { type Caller, readAuthorization } from './protocol/credentialScope.ts';
import { Fault } from './protocol/fault.ts';
import {
  findOperationSchema,
  readForm,
  readInput,
  VERSION,
  writeFault,
  writeOutput,
} from './protocol/queryProtocol.ts';
import { findSecretAction } from './secretsManager/actions.ts';
import { actionIn, isSecretsTarget, readJson, writeJsonFault } from './secretsManager/jsonProtocol.ts';
import type { StoreOptions } from './state/options.ts';
import { persistState } from './state/stateFile.ts';
import { Store } from './state/store.ts';
import { identityAction, isIdentityRequest, writeIdentity } from './sts/getCallerIdentity.ts';
import { transitions } from './transitions.ts';

export type { StoreOptions } from './state/options.ts';
export type { Store } from './state/store.ts';

export interface EmulatorOptions extends StoreOptions {
  /** File that keeps the state over restarts. Default: none. */
  stateFile?: string;
  /** Existing store to use. The options of a new store are ignored. */
  store?: Store;
}

/** An HTTP server with its store, so that code in the same process can read and change the state. */
export type Emulator = Server & { store: Store };

/** Creates an emulator of ElastiCache Global Datastores. The caller starts it with `listen`, on 127.0.0.1 only. */
export function createEmulator({ stateFile, store: existing, ...options }: EmulatorOptions = {}): Emulator {
  const store = existing ?? createStore(options);
  if (stateFile) persistState(store, stateFile);
  const state: AdminState = { store, injector: new FaultInjector(), calls: [] };
  const server = createServer((request, response) => {
    handleRequest(state, request, response).catch((error: unknown) => abortResponse(response, error));
  });
  return Object.assign(server, { store });
}

/** Creates an empty store. */
export function createStore(options: StoreOptions = {}): Store {
  return new Store(options, transitions);
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_CALLS = 1000;

async function handleRequest(state: AdminState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts = await readParts(request);
  if (parts.path.startsWith(ADMIN_PATH)) return await handleAdminRequest(state, parts, response);
  const call: RecordedCall = { Action: null, Region: null, Account: null, Code: null, RequestId: randomUUID() };
  state.calls.push(call);
  if (state.calls.length > MAX_CALLS) state.calls.shift();
  const service = findService(parts);
  try {
    send(response, 200, { ...service, text: service.execute(state, parts, call) }, call);
  } catch (error) {
    sendFault(response, error, service, call);
  }
}

async function readParts(request: IncomingMessage): Promise<RequestParts> {
  const { method = '', url = '', headers } = request;
  const [path = '', query = ''] = url.split('?', 2);
  const target = headers['x-amz-target']?.toString();
  const { authorization, 'content-type': contentType } = headers;
  return { method, path, query, target, authorization, contentType, body: await readBody(request) };
}

/** The protocol of an emulated service. `execute` returns the text of a response and records the call. */
interface Service {
  readonly contentType: string;
  readonly execute: (state: AdminState, parts: RequestParts, call: RecordedCall) => string;
  readonly writeFault: (fault: Fault, requestId: string) => string;
}

const elastiCache: Service = { contentType: 'text/xml', execute: executeAction, writeFault };

const sts: Service = { contentType: 'text/xml', execute: executeIdentityAction, writeFault };

const secretsManager: Service = {
  contentType: 'application/x-amz-json-1.1',
  execute: executeSecretAction,
  writeFault: writeJsonFault,
};

/** Returns the service that a request is for. */
function findService({ target, authorization, method, query, body = '' }: RequestParts): Service {
  if (isSecretsTarget(target)) return secretsManager;
  if (isMetricsTarget(target)) return cloudWatchJson;
  if (isSignedForMetrics(authorization)) return cloudWatchQuery;
  return isIdentityRequest(method === 'GET' ? query : body) ? sts : elastiCache;
}

const cloudWatchJson: Service = {
  contentType: 'application/x-amz-json-1.0',
  execute: (state, parts, call) => {
    const action = metricsActionIn(parts.target ?? '');
    return runMetricsAction(state, parts, call, (store) => runJsonAction(store, action, readJson(parts.body)));
  },
  writeFault: writeJsonFault,
};

const cloudWatchQuery: Service = {
  contentType: 'text/xml',
  execute: (state, parts, call) =>
    runMetricsAction(state, parts, call, (store) => runQueryAction(store, parts.body ?? '', call.RequestId)),
  writeFault,
};

/** Runs an action of CloudWatch. GetMetricData is the only one. */
function runMetricsAction(
  state: AdminState,
  parts: RequestParts,
  call: RecordedCall,
  run: (store: Store) => string,
): string {
  const { region, account } = recordCaller(call, metricsAction, parts, 'monitoring');
  const store = state.store.viewFrom(region, account);
  return runUnlessInjected(state.injector, metricsAction, store, () => run(store));
}

/** Runs the requested action of ElastiCache and returns its XML response. */
function executeAction(state: AdminState, parts: RequestParts, call: RecordedCall): string {
  const parameters = readParameters(parts);
  const name = parameters.get('Action');
  const { region, account } = recordCaller(call, name, parts);
  if (!name) throw new Fault('MissingAction', 'The request is missing an action.');
  const schema = findOperationSchema(name);
  if (!schema) throw new Fault('InvalidAction', `Could not find operation ${name} for version ${VERSION}`);
  const action = findAction(name);
  if (!action) throw new Fault('InvalidAction', `The emulator does not implement the ElastiCache action ${name}.`);
  if (parameters.get('Version') !== VERSION)
    throw new Fault('NoSuchVersion', `The version must be ${VERSION}, not ${parameters.get('Version') ?? 'missing'}.`);
  const store = state.store.viewFrom(region, account);
  return runUnlessInjected(state.injector, name, store, () => {
    const output = action(store, readInput(schema, parameters));
    return writeOutput(schema, output, call.RequestId);
  });
}

/** Runs the requested action of Secrets Manager and returns its JSON response. */
function executeSecretAction(state: AdminState, parts: RequestParts, call: RecordedCall): string {
  const name = actionIn(parts.target ?? '');
  const { region, account } = recordCaller(call, name, parts, 'secretsmanager');
  const action = findSecretAction(name);
  if (!action) throw new Fault('InvalidAction', `The emulator does not implement the Secrets Manager action ${name}.`);
  const store = state.store.viewFrom(region, account);
  return runUnlessInjected(state.injector, name, store, () => JSON.stringify(action(store, readJson(parts.body))));
}

/** Returns the XML response of AWS STS to GetCallerIdentity. */
function executeIdentityAction(state: AdminState, parts: RequestParts, call: RecordedCall): string {
  const { region, account } = recordCaller(call, identityAction, parts, 'sts');
  const store = state.store.viewFrom(region, account);
  return runUnlessInjected(state.injector, identityAction, store, () => writeIdentity(store, call.RequestId));
}

/** Reads the caller of a request. Records action, region and account in `call`. */
function recordCaller(
  call: RecordedCall,
  action: string | undefined,
  { authorization }: RequestParts,
  service?: string,
): Caller {
  call.Action = action ?? null;
  const { region, account } = readAuthorization(authorization, service);
  Object.assign(call, { Region: region, Account: account });
  return { region, account };
}

/** Runs an action, or applies the fault that is injected in its place. */
function runUnlessInjected(injector: FaultInjector, name: string, store: Store, action: () => string): string {
  if (store.dataPlane?.isLost(store.region)) throw new NetworkFault('hang');
  const injected = injector.take(name, store.region);
  try {
    if (!injected) return action();
    if (injected.Dropped) return store.dropChange(action);
    if (injected.Executed) runIgnoringFaults(action);
    return applyFault(injected);
  } finally {
    if (!/^(Describe|List|Get)/.test(name)) store.notifyChanged();
  }
}

/** Runs an action whose response is not sent. */
function runIgnoringFaults(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

function sendFault(response: ServerResponse, error: unknown, service: Service, call: RecordedCall): void {
  if (error instanceof NetworkFault) {
    call.Code = error.kind;
    if (error.kind === 'reset') response.socket?.resetAndDestroy();
    return;
  }
  const fault = error instanceof Fault ? error : new Fault('InternalFailure', `The emulator has a bug: ${error}`);
  if (fault !== error) console.error(error);
  call.Code = fault.code;
  send(response, fault.status, { ...service, text: service.writeFault(fault, call.RequestId) }, call);
}

/** Reads the parameters from the body of a POST or from the query string of a GET, as Query services do. */
function readParameters({ method, path, query, body }: RequestParts): Map<string, string> {
  if (body === undefined)
    throw new Fault('RequestEntityTooLarge', `A request body can have at most ${MAX_BODY_BYTES} bytes.`);
  if (path !== '/') throw new Fault('UnknownOperationException', `Unknown path ${path}. Use /.`);
  if (method === 'POST') return readForm(body);
  if (method === 'GET') return readForm(query);
  throw new Fault('MethodNotAllowed', `Use POST, not ${method}.`);
}

/** Returns the body, or undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString();
}

function send(
  response: ServerResponse,
  status: number,
  { contentType, text }: { readonly contentType: string; readonly text: string },
  { RequestId }: RecordedCall,
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': RequestId,
  });
  response.end(text);
}

/** Closes the connection. Logs the error unless the caller disconnected. */
function abortResponse(response: ServerResponse, error: unknown): void {
  if (!response.destroyed) console.error(error);
  response.destroy();
}
