import type { ServerResponse } from 'node:http';
import { setLag } from '../cloudWatch/replicationLag.ts';
import type { DataPlane } from '../state/dataPlane.ts';
import type { Store } from '../state/store.ts';
import { dataPlaneRoutes, regionRoutes } from './dataPlaneRoutes.ts';
import { addExisting, forms, viewExisting } from './existing.ts';
import type { FaultInjector } from './faultInjection.ts';

/** Path prefix of the admin endpoints, which are outside the AWS protocol. */
export const ADMIN_PATH = '/_emulator';

export interface AdminState {
  store: Store;
  injector: FaultInjector;
  calls: RecordedCall[];
}

/** A call of an AWS action and its outcome. */
export interface RecordedCall {
  Action: string | null;
  Region: string | null;
  Account: string | null;
  /** The wire code of the returned fault, or null after success. */
  Code: string | null;
  RequestId: string;
}

/** The parts of an HTTP request that the emulator reads. */
export interface RequestParts {
  method: string;
  path: string;
  query: string;
  authorization: string | undefined;
  /** The header `X-Amz-Target`, which names the action in AWS's JSON protocols. */
  target: string | undefined;
  /** The header `Content-Type`. The control endpoints accept only JSON, which a page of another site cannot send. */
  contentType: string | undefined;
  /** Undefined if the body is too large. */
  body: string | undefined;
}

/** Handles a request to an admin endpoint. Requests and responses are JSON, without a signature. */
export async function handleAdminRequest(
  state: AdminState,
  parts: RequestParts,
  response: ServerResponse,
): Promise<void> {
  const { status, value } = await respond(state, parts);
  const json = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}

async function respond(
  state: AdminState,
  { method, path, contentType, body }: RequestParts,
): Promise<{ status: number; value: object }> {
  const methods = findRoute(path.slice(ADMIN_PATH.length));
  if (!methods) return errorResponse(404, `Unknown path ${path}. Use one of ${listPaths().join(', ')}.`);
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!route) return errorResponse(405, `Use ${Object.keys(methods).join(' or ')}.`);
  if (body && !/^application\/json *(;|$)/i.test(contentType ?? ''))
    return errorResponse(415, 'Send JSON, with Content-Type: application/json.');
  try {
    return { status: 200, value: await route(state, body ? JSON.parse(body) : undefined) };
  } catch (error) {
    return errorResponse(400, error instanceof Error ? error.message : String(error));
  }
}

function errorResponse(status: number, Message: string): { status: number; value: object } {
  return { status, value: { Message } };
}

type Route = (state: AdminState, body: unknown) => object | Promise<object>;

const routes: Record<string, Record<string, Route>> = {
  '/faults': {
    GET: ({ injector }) => ({ Faults: injector.pending }),
    POST: ({ injector }, body) => injector.add(body),
    DELETE: ({ injector }) => {
      injector.clear();
      return {};
    },
  },
  '/calls': {
    GET: ({ calls }) => ({ Calls: calls }),
    DELETE: ({ calls }) => ({ Calls: calls.splice(0) }),
  },
  '/reset': {
    POST: ({ store, injector, calls }) => {
      store.reset();
      injector.clear();
      calls.length = 0;
      return {};
    },
  },
  '/tick': { POST: ({ store }) => ({ Steps: store.tick() }) },
  '/service-linked-role': {
    POST: ({ store }, body) => setServiceLinkedRole(store, body),
  },
  '/existing': {
    GET: ({ store }) => ({ ...viewExisting(store), Forms: forms }),
    POST: ({ store }, body) => {
      const existing = addExisting(store, body);
      store.notifyChanged();
      return existing;
    },
  },
  '/lag': { POST: ({ store }, body) => setReplicationLag(store, body) },
  '/create-failed': { POST: ({ store }, body) => setCreationFailure(store, body) },
};

function setServiceLinkedRole(store: Store, body: unknown): object {
  const { Exists, Account, Region = 'us-east-1' } = readObject(body);
  if (typeof Exists !== 'boolean' || typeof Region !== 'string')
    throw new Error('Give Exists: true or false, optionally Account, and Region for another partition.');
  store.viewFrom(Region, readAccount(Account)).accountState.serviceLinkedRole = Exists;
  store.notifyChanged();
  return { Exists };
}

/** Sets the replication lag of the secondaries in a region, or makes it unknown. */
function setReplicationLag(store: Store, body: unknown): object {
  const { Region, Account, Seconds, Unknown, NodeGroupId, AgeSeconds } = readObject(body);
  const isLag = Unknown === true ? Seconds === undefined : isDuration(Seconds) && Unknown === undefined;
  const isValid = typeof Region === 'string' && isLag && ['undefined', 'string'].includes(typeof NodeGroupId);
  if (!isValid || !(AgeSeconds === undefined || isDuration(AgeSeconds)))
    throw new Error(
      'Give Region, and Seconds or Unknown: true; optionally NodeGroupId (one shard), AgeSeconds (the age of the newest point) and Account.',
    );
  setLag(store.viewFrom(Region as string, readAccount(Account)), {
    seconds: Unknown === true ? null : (Seconds as number),
    ...(NodeGroupId !== undefined && { nodeGroupId: NodeGroupId as string }),
    ...(AgeSeconds !== undefined && { ageSeconds: AgeSeconds as number }),
  });
  store.notifyChanged();
  return { Region, Seconds: Unknown === true ? null : Seconds };
}

const isDuration = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1_000_000;

/** Sets that creations of a replication group end as `create-failed`. `Fails: false` cancels it. */
function setCreationFailure(store: Store, body: unknown): object {
  const { ReplicationGroupId, Region, Account, Fails = true } = readObject(body);
  if (typeof ReplicationGroupId !== 'string' || typeof Region !== 'string' || typeof Fails !== 'boolean')
    throw new Error('Give ReplicationGroupId and Region, optionally Account, and Fails: false to cancel it.');
  const { accountState } = store.viewFrom(Region, readAccount(Account));
  const key = `${Region}/${ReplicationGroupId.toLowerCase()}`;
  accountState.failOnCreate = accountState.failOnCreate.filter((other) => other !== key);
  if (Fails) accountState.failOnCreate.push(key);
  store.notifyChanged();
  return { ReplicationGroupId, Region, Fails };
}

function findRoute(resource: string): Record<string, Route> | undefined {
  if (Object.hasOwn(routes, resource)) return routes[resource];
  const [, region] = resource.match(/^\/regions\/([\w-]+)$/) ?? [];
  const ofDataPlane = region ? regionRoutes(region) : dataPlaneRoutes[resource];
  return (
    ofDataPlane &&
    mapValues(
      ofDataPlane,
      (route) =>
        ({ store }, body) =>
          route(requireDataPlane(store), body),
    )
  );
}

function requireDataPlane({ dataPlane }: Store): DataPlane {
  if (dataPlane) return dataPlane;
  throw new Error('There is no data plane. Start with --data-plane.');
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

function listPaths(): string[] {
  return [...Object.keys(routes), ...Object.keys(dataPlaneRoutes), '/regions/{Region}'].map(
    (path) => ADMIN_PATH + path,
  );
}

function readObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null) return { ...body };
  throw new Error('Give a JSON object.');
}

function readAccount(account: unknown = '000000000000'): string {
  if (typeof account === 'string' && /^\d{12}$/.test(account)) return account;
  throw new Error('Account must be twelve digits.');
}
