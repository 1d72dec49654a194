import { type Operations, operations } from './operations.ts';

export type Name = keyof Operations;

/** The options of one call. */
export interface CallOptions {
  /** The number of seconds, at most 25, that the response waits until no change is in progress. */
  readonly wait?: number;
  /** The entity tag of the state that the change requires. */
  readonly ifMatch?: string;
  /**
   * The entity tag of the known state. The response has the status 304 while the resource has it, with `wait` after that time.
   */
  readonly ifNoneMatch?: string | undefined;
  /** The Idempotency-Key of this change. Default: a random key. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A request before it is authorized. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Returns the request of an operation. The members of `input` go into the path, the query and the body. */
export function requestOf(
  baseUrl: string,
  name: Name,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions & { readonly dryRun?: boolean },
): OutgoingRequest {
  const { method, path, inPath, inQuery } = operations[name];
  const places: readonly string[] = [...inPath, ...inQuery];
  const body = Object.fromEntries(
    Object.entries(input).filter(([member, value]) => value !== undefined && !places.includes(member)),
  );
  const hasBody = method !== 'GET' && Object.keys(body).length > 0;
  const target = path.replace(/\{(\w+)\}/g, (_, member: string) => encodeURIComponent(`${input[member]}`));
  const url = new URL(`${baseUrl.replace(/\/$/, '')}${target}`);
  for (const member of inQuery) if (input[member] !== undefined) url.searchParams.set(member, `${input[member]}`);
  if (options.dryRun) url.searchParams.set('DryRun', 'true');
  return { method, url, headers: headersOf(method, hasBody, options), ...(hasBody && { body: JSON.stringify(body) }) };
}

const headersOf = (method: string, hasBody: boolean, { idempotencyKey, wait, ifMatch, ifNoneMatch }: CallOptions) => ({
  accept: 'application/json, application/problem+json',
  ...(hasBody && { 'content-type': 'application/json' }),
  ...(method !== 'GET' && { 'idempotency-key': `"${idempotencyKey ?? crypto.randomUUID()}"` }),
  ...(wait !== undefined && { prefer: `wait=${wait}` }),
  ...(ifMatch && { 'if-match': ifMatch }),
  ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }),
});
