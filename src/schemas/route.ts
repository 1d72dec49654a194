import type { JSONSchema } from 'json-schema-to-ts';
import type { Code } from '../problems/problemTypes.ts';
import { parameters } from './pathParameters.ts';
import type { RequestHeaderName } from './requestHeaders.ts';

/** The schema of a closed object. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JSONSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
  readonly [keyword: string]: unknown;
}

/** The end of a route, as dates such as `2027-01-31`. */
export interface Deprecation {
  /** The date from which responses announce the end (RFC 9745). */
  readonly since: string;
  /** The date after which the route may not respond any more (RFC 8594): with the next major version, and 180 days later at the least. */
  readonly sunset: string;
}

/** The contract of a route. It validates requests, provides the types and is published as OpenAPI. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path, with `{Name}` for a path parameter. Each parameter has its schema in `schemas/pathParameters.ts`. */
  readonly path: string;
  /** The resource that a request is about. Policy and ownership use it. */
  readonly subject: 'newDatastore' | 'datastore' | 'replicationGroup' | 'region' | 'operation' | 'evacuation' | 'none';
  /** The parts of the body that policy and ownership read. */
  readonly changes?: {
    /** The place of the members that the request adds, as a JSON pointer into the body. */
    readonly newMembers?: '#' | '#/Secondaries' | '#/Members';
    /** The member of the body that names the new primary: its region, or the list of all members with their roles. */
    readonly primary?: 'PrimaryRegion' | 'Members';
    /** True if the change reverses its failover after a time. */
    readonly isDrill?: true;
    /** The place of the tags of an existing member that the request changes, as a JSON pointer into the body. */
    readonly tags?: '#';
    /** The member of the body that names the node type. */
    readonly nodeType?: 'CacheNodeType';
  };
  /** The group of routes in the documentation. */
  readonly tag: 'Global datastores' | 'Operations' | 'Evacuations' | 'Replication groups' | 'This API';
  readonly summary: string;
  readonly description?: string;
  /** The AWS actions that the route calls. They determine the permissions of its role and the problems that it can return. */
  readonly awsActions: readonly string[];
  /** Further AWS actions that the route can call. Their errors never become the response. */
  readonly optionalAwsActions?: readonly string[];
  /** The problems of the route itself, in addition to those of every route and those of AWS. */
  readonly problems?: readonly Code[];
  /** True if the route can start an operation. Link then refers to the operation. */
  readonly startsOperation?: true;
  /** Set if the route will be removed. Its responses carry `Deprecation` and `Sunset`, and the OpenAPI document marks it. */
  readonly deprecated?: Deprecation;
  /** True if the route needs no authorization. */
  readonly unauthenticated?: true;
  readonly query?: ObjectSchema;
  /** The request headers that the route supports, in addition to those of every route. */
  readonly headers?: readonly RequestHeaderName[];
  readonly body?: ObjectSchema;
  /** The schema of the body by status, for each response that is not a problem. */
  readonly responses: Readonly<Record<number, JSONSchema>>;
}

/** The names of the parameters in a path. */
export type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** Returns the schemas of a request: path, query, and body if the route has one. */
export function schemasOf(route: Route) {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof typeof parameters);
  return {
    path: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, parameters[name]])),
      required: names,
      additionalProperties: false,
    },
    query: route.query ?? { type: 'object', properties: {}, additionalProperties: false },
    body: route.body,
  } as const;
}
