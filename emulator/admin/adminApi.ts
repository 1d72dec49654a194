import type { ServerResponse } from 'node:http';
import type { Store } from '../state/store.ts';
import type { FaultInjector } from './faultInjection.ts';

/** Where the emulator itself is spoken to, outside the AWS protocol. */
export const ADMIN_PATH = '/_emulator';

export interface AdminState {
  store: Store;
  injection: FaultInjector;
  calls: RecordedCall[];
}

/** One call of an AWS operation and how it ended. */
export interface RecordedCall {
  Action: string | null;
  Region: string | null;
  Account: string | null;
  /** The wire code of the fault it was answered with, or null. */
  Code: string | null;
  RequestId: string;
}

/** What the emulator looks at in a request. */
export interface RequestParts {
  method: string;
  path: string;
  query: string;
  authorization: string | undefined;
  /** Undefined when there was too much of it. */
  body: string | undefined;
}

/** Answers what tests and people tell or ask the emulator; JSON in and out, no signature needed. */
export function handleAdminRequest(state: AdminState, parts: RequestParts, response: ServerResponse): void {
  const { status, value } = respond(state, parts);
  const json = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}

function respond(state: AdminState, { method, path, body }: RequestParts): { status: number; value: object } {
  const methods = findRoute(path.slice(ADMIN_PATH.length));
  if (!methods) return errorResponse(404, `Nothing is at ${path}; there are ${listPaths().join(', ')}.`);
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!route) return errorResponse(405, `Use ${Object.keys(methods).join(' or ')}.`);
  try {
    return { status: 200, value: route(state, body ? JSON.parse(body) : undefined) };
  } catch (error) {
    return errorResponse(400, error instanceof Error ? error.message : String(error));
  }
}

function errorResponse(status: number, Message: string): { status: number; value: object } {
  return { status, value: { Message } };
}

type Route = (state: AdminState, given: unknown) => object;

const routes: Record<string, Record<string, Route>> = {
  '/faults': {
    GET: ({ injection }) => ({ Faults: injection.waiting }),
    POST: ({ injection }, given) => injection.add(given),
    DELETE: ({ injection }) => {
      injection.clear();
      return {};
    },
  },
  '/calls': {
    GET: ({ calls }) => ({ Calls: calls }),
    DELETE: ({ calls }) => {
      calls.length = 0;
      return {};
    },
  },
  '/reset': {
    POST: ({ store, injection, calls }) => {
      store.reset();
      injection.clear();
      calls.length = 0;
      return {};
    },
  },
  '/tick': { POST: ({ store }) => ({ Steps: store.tick() }) },
  '/service-linked-role': {
    POST: ({ store }, given) => setServiceLinkedRole(store, given),
  },
  '/existing': {
    GET: ({ store }) => viewExisting(store),
    POST: ({ store }, given) => addExisting(store, given),
  },
  '/create-failed': { POST: ({ store }, given) => setCreationFailure(store, given) },
};

function setServiceLinkedRole(store: Store, given: unknown): object {
  const { Exists, Account, Region = 'us-east-1' } = readObject(given);
  if (typeof Exists !== 'boolean' || typeof Region !== 'string')
    throw new Error('Give Exists: true or false, optionally Account, and Region for another partition.');
  store.viewFrom(Region, readAccount(Account)).accountState.serviceLinkedRole = Exists;
  store.notifyChanged();
  return { Exists };
}

/** The next creations of this replication group end as `create-failed` until it is called off with Fails false. */
function setCreationFailure(store: Store, given: unknown): object {
  const { ReplicationGroupId, Region, Account, Fails = true } = readObject(given);
  if (typeof ReplicationGroupId !== 'string' || typeof Region !== 'string' || typeof Fails !== 'boolean')
    throw new Error('Give ReplicationGroupId and Region, optionally Account, and Fails: false to call it off.');
  const { accountState: mine } = store.viewFrom(Region, readAccount(Account));
  const key = `${Region}/${ReplicationGroupId.toLowerCase()}`;
  mine.failOnCreate = mine.failOnCreate.filter((other) => other !== key);
  if (Fails) mine.failOnCreate.push(key);
  store.notifyChanged();
  return { ReplicationGroupId, Region, Fails };
}

/** What replication groups may refer to, in the casing of the other endpoints. */
function viewExisting({ options }: Store): object {
  const { subnetGroups, userGroups, parameterGroups, withoutCapacity } = options.existing;
  return {
    SubnetGroups: subnetGroups,
    UserGroups: userGroups,
    ParameterGroups: parameterGroups,
    WithoutCapacity: withoutCapacity,
  };
}

function addExisting(store: Store, given: unknown): object {
  const now = store.options.existing;
  const { SubnetGroups = [], UserGroups = {}, ParameterGroups = {}, WithoutCapacity, ...rest } = readObject(given);
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Error(`Unknown member ${unknown}; there are ${Object.keys(viewExisting(store)).join(', ')}.`);
  Object.assign(now, {
    subnetGroups: [...new Set([...now.subnetGroups, ...readNames(SubnetGroups)])],
    userGroups: { ...now.userGroups, ...readStringMap(UserGroups) },
    parameterGroups: { ...now.parameterGroups, ...readStringMap(ParameterGroups) },
    withoutCapacity: WithoutCapacity === undefined ? now.withoutCapacity : readNames(WithoutCapacity),
  });
  return viewExisting(store);
}

function readNames(given: unknown): string[] {
  if (Array.isArray(given) && given.every((name) => typeof name === 'string')) return given;
  throw new Error('SubnetGroups and WithoutCapacity are lists of names.');
}

function readStringMap(given: unknown): Record<string, string> {
  const words = Object.entries(readObject(given));
  if (words.every((word): word is [string, string] => typeof word[1] === 'string')) return Object.fromEntries(words);
  throw new Error('UserGroups are names with a status, ParameterGroups names with a family.');
}

function findRoute(resource: string): Record<string, Route> | undefined {
  return Object.hasOwn(routes, resource) ? routes[resource] : undefined;
}

function listPaths(): string[] {
  return Object.keys(routes).map((path) => ADMIN_PATH + path);
}

function readObject(given: unknown): Record<string, unknown> {
  if (typeof given === 'object' && given !== null) return { ...given };
  throw new Error('Give a JSON object.');
}

function readAccount(account: unknown = '000000000000'): string {
  if (typeof account === 'string' && /^\d{12}$/.test(account)) return account;
  throw new Error('Account must be twelve digits.');
}
