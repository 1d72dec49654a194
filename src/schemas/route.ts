import type { JSONSchema } from 'json-schema-to-ts';
import type { Code } from '../problems/problemTypes.ts';
import { parameters } from './pathParameters.ts';
import type { RequestHeaderName } from './requestHeaders.ts';

/** The schema of an object of which each member is described. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JSONSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
  readonly [keyword: string]: unknown;
}

/** What a route promises: validated, typed and published from this one object. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{Name}` for a path parameter; each has its schema in `schemas/pathParameters.ts`. */
  readonly path: string;
  /** What a request is about; policy and ownership use it. */
  readonly subject: 'newDatastore' | 'datastore' | 'replicationGroup' | 'region' | 'operation' | 'none';
  /** The parts of the body that policy and ownership read. */
  readonly changes?: {
    /** The place of the members that the request adds, as a JSON pointer into the body. */
    readonly newMembers?: '#' | '#/Secondaries' | '#/Members';
    /** The member of the body that names the new primary: its region, or the list of all members with their roles. */
    readonly primary?: 'PrimaryRegion' | 'Members';
    /** The member of the body that names the node type. */
    readonly nodeType?: 'CacheNodeType';
  };
  /** The group of routes in the documentation. */
  readonly tag: 'Global datastores' | 'Operations' | 'Replication groups' | 'This API';
  readonly summary: string;
  readonly description?: string;
  /** The AWS actions that it may call: they decide its role, and which faults it can answer. */
  readonly awsActions: readonly string[];
  /** Those that it may call besides, whose trouble shows in its answer and never is one. */
  readonly optionalAwsActions?: readonly string[];
  /** What it refuses by itself, besides what every route and what AWS may refuse. */
  readonly problems?: readonly Code[];
  /** Whether an operation may carry it out: Link leads there then. */
  readonly startsOperation?: true;
  /** Whether it needs no authorization. */
  readonly unauthenticated?: true;
  readonly query?: ObjectSchema;
  /** The request headers that it heeds, besides those that every route does. */
  readonly headers?: readonly RequestHeaderName[];
  readonly body?: ObjectSchema;
  /** The schema of the body by status, for each answer that is not a problem. */
  readonly responses: Readonly<Record<number, JSONSchema>>;
}

/** The names of the parameters in a path. */
export type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** The schemas that check a request of this route: its path, its query, and its body if it takes one. */
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
