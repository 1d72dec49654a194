import type { ShownChange } from './isApplied.ts';
import { type GlobalReplicationGroup, type Operation, type Operations, operations } from './operations.ts';
import { type PagedName, pages } from './pages.ts';
import { GlobalDatastoreError } from './problem.ts';
import { type CallOptions, type Name, requestOf } from './request.ts';
import { type Answer, type SendOptions, send } from './send.ts';
import { type WaitOptions, waitForOperation, waitUntilApplied, waitUntilStable } from './waiters.ts';

export { isApplied, type ShownChange } from './isApplied.ts';
export type * from './operations.ts';
export type { PagedName } from './pages.ts';
export { GlobalDatastoreError, type Problem } from './problem.ts';
export type { CallOptions, OutgoingRequest } from './request.ts';
export type { Answer, SendOptions, Warning } from './send.ts';
export type { WaitOptions } from './waiters.ts';

/** The options of a client. */
export interface ClientOptions extends SendOptions {
  /** The URL of the API, such as `https://abc.execute-api.us-east-1.amazonaws.com`. */
  readonly url: string;
}

/** The result of a dry run. */
export interface Findings {
  readonly Valid: boolean;
  readonly Checks: readonly {
    readonly Id: string;
    readonly Outcome: 'pass' | 'warn' | 'fail' | (string & {});
    readonly Detail: string;
    /** The place in the body that the check refers to, as a JSON pointer. */
    readonly Pointer?: string;
  }[];
  readonly Plan: readonly string[];
  /** True if the present state is already the requested one, so that the change would call nothing. */
  readonly ChangesNothing?: boolean;
}

/** The reads of which the response has an entity tag. */
export type TaggedName = 'getGlobalDatastore' | 'getOperation';

/** The operations as methods. The input is one object with the members of the path, the query and the body. */
type Methods = {
  readonly [N in Name]: (input: Operations[N]['input'], options?: CallOptions) => Promise<Operations[N]['output']>;
};

/** A client of the Global Datastore API. Its methods are the operations of the API. Each throws `GlobalDatastoreError`. */
export interface GlobalDatastores extends Methods {
  /** Calls an operation and returns the response with its entity tag, location and warnings, and whether it was replayed. */
  request<N extends Name>(
    operation: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): Promise<Answer<Operations[N]['output']>>;
  /**
   * Reads a datastore or an operation. With an entity tag in `ifNoneMatch`, it returns undefined while the resource has that
   * tag. With `wait` the API waits for a change for that time.
   */
  readIfChanged<N extends TaggedName>(
    operation: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): Promise<Answer<Operations[N]['output']> | undefined>;
  /** Returns the planned changes of the operation and the results of the checks. Changes nothing. */
  dryRun<N extends Name>(operation: N, input: Operations[N]['input'], options?: CallOptions): Promise<Findings>;
  /** Returns the pages of a list as an async iterable. It requests the next page when the iteration continues. */
  pages<N extends PagedName>(
    operation: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): AsyncIterable<Operations[N]['output']>;
  /**
   * Waits until no change is in progress. Returns the datastore, or `undefined` if it is deleted. A status that is unknown to
   * this client counts as a change in progress. Throws `StillChanging` after the limit.
   */
  waitUntilStable(
    GlobalReplicationGroupId: string,
    options?: WaitOptions<GlobalReplicationGroup | undefined>,
  ): Promise<GlobalReplicationGroup | undefined>;
  /**
   * Waits for a change that was sent without `wait` until none is in progress, and returns the datastore, or `undefined` if it
   * is deleted. Throws `ChangeNotApplied` if the datastore does not match the input, and `StillChanging` as `waitUntilStable`.
   * The cause can also be a later change of another request. `waitForOperation` waits for an operation.
   */
  waitUntilApplied<N extends ShownChange>(
    operation: N,
    input: Operations[N]['input'],
    options?: WaitOptions<GlobalReplicationGroup | undefined>,
  ): Promise<GlobalReplicationGroup | undefined>;
  /**
   * Waits until the operation has succeeded and returns it. Throws `OperationFailed` or `OperationStopped` with its reason and
   * advice. A status that is unknown to this client counts as running until `EndedAt` is set. Throws `StillChanging` after the
   * limit.
   */
  waitForOperation(OperationId: string, options?: WaitOptions<Operation>): Promise<Operation>;
}

/**
 * Creates a client. Each change has an Idempotency-Key, so that all attempts of one call are the same change. Repeats a request
 * for at least a minute after 429, 502, 503, 504 and broken connections, after `Retry-After`, or after a random and growing
 * delay. Unknown members of responses are returned, too. It runs in Node, in browsers and in workers.
 */
export function globalDatastores(options: ClientOptions): GlobalDatastores {
  const request = (name: Name, input: object, callOptions: CallOptions & { readonly dryRun?: boolean } = {}) =>
    send(options, requestOf(options.url, name, input as Record<string, unknown>, callOptions), callOptions.signal);
  const methods = Object.fromEntries(
    (Object.keys(operations) as Name[]).map((name) => [
      name,
      async (input: object, callOptions?: CallOptions) => (await request(name, input, callOptions)).body,
    ]),
  ) as unknown as Methods;
  return {
    ...methods,
    request: request as GlobalDatastores['request'],
    readIfChanged: (name, input, callOptions) =>
      request(name, input, callOptions).catch(undefinedIfNotModified) as Promise<never>,
    dryRun: async (name, input, callOptions) =>
      (await request(name, input, { ...callOptions, dryRun: true })).body as Findings,
    pages: (name, input, callOptions) => pages(methods[name], input, callOptions),
    waitUntilStable: (id, waitOptions = {}) => waitUntilStable(methods, id, waitOptions),
    waitUntilApplied: (name, input, waitOptions = {}) => waitUntilApplied(methods, name, input, waitOptions),
    waitForOperation: (id, waitOptions = {}) => waitForOperation(methods, id, waitOptions),
  };
}

function undefinedIfNotModified(error: unknown): undefined {
  if (!(error instanceof GlobalDatastoreError) || error.status !== 304) throw error;
}
