import { STATUS_CODES } from 'node:http';
import type { JSONSchema } from 'json-schema-to-ts';
import { type Code, codeOf, problemType, statusesOf } from '../../src/problems/problemTypes.ts';
import { gatewayError, problem } from '../../src/schemas/problem.ts';
import { type RequestHeaderName, requestHeaders } from '../../src/schemas/requestHeaders.ts';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { publisher, type Ref, ref, repeatedOnce } from './components.ts';
import { exampleOf } from './exampleFromSchema.ts';
import {
  description,
  gatewayAnswers,
  headers,
  license,
  parameters,
  securitySchemes,
  successes,
  tagOf,
  tags,
  upstreamCodes,
} from './texts.ts';

/** An OpenAPI 3.1 document, as far as this project reads it. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Response>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly [kind: string]: Readonly<Record<string, object>>;
  };
  readonly [member: string]: unknown;
}

/** One route in the document. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, Response | Ref>>;
  readonly [member: string]: unknown;
}

/** What an operation answers with one status. */
export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header | Ref>>;
  /** By media type. */
  readonly content?: Readonly<Record<string, { readonly schema: object; readonly examples?: object }>>;
}

/** A header of an answer. */
export interface Header {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JSONSchema;
}

/** What the document is made of besides the routes. */
export interface Sources {
  readonly version: string;
  /** Schemas that become components, by their names. */
  readonly schemas: Readonly<Record<string, JSONSchema>>;
  /** The SDK's class names of the errors that AWS documents for an action. */
  readonly errorsOf: (action: string) => readonly string[];
}

/** The OpenAPI document of `routes`, made of the same objects that validate, type and refuse. */
export function createOpenApiDocument(
  routes: Readonly<Record<string, Route>>,
  { version, schemas, errorsOf }: Sources,
): OpenApi {
  const { publish, published } = publisher(schemas);
  const all = Object.values(routes);
  const { operations, responses } = repeatedOnce(
    Object.entries(routes).map(([name, route]) => publish(operationOf(name, route, codesOf(route, errorsOf)))),
    nameOf,
  );
  const codes = new Set(all.flatMap((route) => codesOf(route, errorsOf)));
  const used = new Set(operations.flatMap(({ tags }) => tags));
  return {
    openapi: '3.1.1',
    info: { title: 'Global Datastore API', version, description, license },
    servers: [{ url: '/', description: 'Where this document was read from.' }],
    security: [{ sigV4: [] }, { jwt: [] }],
    tags: tags.filter(({ name }) => used.has(name)),
    paths: byPath(all, operations),
    components: {
      parameters: {
        ...publish(Object.fromEntries(all.flatMap(pathParameters))),
        ...Object.fromEntries(all.flatMap(({ headers = [] }) => headers.map(headerParameter))),
        ...parameters,
      },
      headers,
      responses,
      examples: Object.fromEntries([...codes].flatMap(examplesOfProblem)),
      securitySchemes,
      schemas: published,
    },
  };
}

function byPath(routes: readonly Route[], operations: readonly Operation[]): OpenApi['paths'] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [index, { path, method }] of routes.entries()) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operations[index] as Operation };
  }
  return paths;
}

/** The name of a response among the components: its codes, or else what its status says and what it carries. */
function nameOf(status: string, { content = {}, headers = {} }: Response): string {
  const codes = Object.keys(content['application/problem+json']?.examples ?? {});
  if (codes.length > 0) return codes.join('.');
  const { $ref = '' }: Partial<Ref> = content['application/json']?.schema ?? {};
  const followed = status === '202' && 'Link' in headers ? ['Followed'] : [];
  return [STATUS_CODES[status]?.replaceAll(' ', ''), ...$ref.split('/').slice(-1), ...followed].join('.');
}

function operationOf(operationId: string, route: Route, codes: readonly Code[]): Operation {
  const { summary, description, path, query, headers, body, unauthenticated } = route;
  return {
    operationId,
    summary,
    ...(description && { description }),
    tags: [tagOf(path)],
    ...(unauthenticated && { security: [] }),
    parameters: [
      ...pathParameters(route).map(([name]) => ref('parameters', name)),
      ...Object.entries(query?.properties ?? {}).map(([name, schema]) =>
        parameter('query', name, schema, query?.required?.includes(name)),
      ),
      ...(headers ?? []).map((name) => ref('parameters', name)),
      ...Object.keys(parameters).map((name) => ref('parameters', name)),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: body, example: exampleOf(body) } } },
    }),
    responses: Object.fromEntries([...successesOf(route), ...refusalsOf(route, codes)]),
  };
}

const pathParameters = (route: Route) =>
  Object.entries(schemasOf(route).path.properties).map(
    ([name, schema]) => [name, parameter('path', name, schema, true)] as const,
  );

function headerParameter(name: RequestHeaderName) {
  const { description, schema } = requestHeaders[name];
  return [name, { name, in: 'header', description, schema }];
}

function parameter(place: 'path' | 'query', name: string, schema: JSONSchema, required = false) {
  const { description } = schema as { description?: string };
  return { name, in: place, ...(required && { required }), ...(description && { description }), schema };
}

function successesOf(route: Route): [string, Response][] {
  const tagged = route.headers?.includes('If-None-Match');
  const answers = Object.entries(route.responses).map(([status, schema]): [string, Response] => [
    status,
    {
      description: successes[status] ?? 'The answer.',
      headers: headersOf(route, status),
      content: { 'application/json': { schema: schema as object } },
    },
  ]);
  const notModified = { description: successes['304'] ?? '', headers: headersOf(route, '304') };
  return tagged ? [...answers, ['304', notModified]] : answers;
}

function headersOf({ responses, query, headers = [], startsOperation }: Route, status: string): Response['headers'] {
  const changes = '202' in responses;
  return {
    'X-Request-Id': header('X-Request-Id', true),
    ...(changes && { Location: header('Location', status === '202') }),
    ...(status === '202' && { 'Retry-After': header('Retry-After', true) }),
    ...(headers.includes('If-None-Match') && { ETag: header('ETag', true) }),
    ...(headers.includes('Prefer') && status !== '304' && { 'Preference-Applied': header('Preference-Applied', true) }),
    ...(headers.includes('Idempotency-Key') && {
      'Idempotency-Replayed': header('Idempotency-Replayed', true),
      'Idempotency-Status': header('Idempotency-Status', true),
    }),
    ...(query && 'Marker' in query.properties && { Link: header('Link', true) }),
    ...(startsOperation && status === '202' && { Link: ref('headers', 'Link-Monitor') }),
  };
}

/** The answers that are no success, by status: problems of this API, and what API Gateway answers in its place. */
function refusalsOf(route: Route, codes: readonly Code[]): [string, Response][] {
  const byGateway = Object.entries(gatewayAnswers).filter(([, { open }]) => open || !route.unauthenticated);
  const statuses = new Set([
    ...codes.flatMap((code) => statusesOf(code).map(String)),
    ...byGateway.map(([status]) => status),
  ]);
  return [...statuses].map((status) => [
    status,
    refusal(
      status,
      codes.filter((code) => statusesOf(code).map(String).includes(status)),
      Object.fromEntries(byGateway)[status]?.description,
    ),
  ]);
}

function refusal(status: string, codes: readonly Code[], gateway: string | undefined): Response {
  const waits = codes.filter((code) => problemType(code).retryAfter !== undefined);
  const sure = gateway === undefined;
  return {
    description: [
      `${STATUS_CODES[status]}.`,
      ...codes.map((code) => `- \`${code}\`: ${problemType(code).title}. ${problemType(code).advice}`),
      ...(gateway ? [`- Without a code: ${gateway}`] : []),
    ].join('\n'),
    headers: {
      ...(codes.length > 0 && { 'X-Request-Id': header('X-Request-Id', sure) }),
      ...(waits.length > 0 && { 'Retry-After': header('Retry-After', sure && waits.length === codes.length) }),
      ...(status === '412' && { ETag: header('ETag', true) }),
      ...(status === '415' && { Accept: header('Accept', true) }),
    },
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: { type: 'object', allOf: [problem], properties: { status: { const: Number(status) } } },
          examples: Object.fromEntries(codes.map((code) => [code, ref('examples', exampleName(code, Number(status)))])),
        },
      }),
      ...(gateway && { 'application/json': { schema: gatewayError } }),
    },
  };
}

/** A header of an answer that has it always, or may have it. */
function header(name: keyof typeof headers, sure: boolean): Header | Ref {
  const { required: _, ...optional }: Header = headers[name];
  return sure ? ref('headers', name) : optional;
}

/**
 * Every code that a route may answer: of its request, of the AWS actions that it calls, of the way there, of itself. AWS may
 * answer more than it documents for an action, so the schema of a problem takes any code.
 */
function codesOf(
  { method, body, awsActions, problems = [], headers = [] }: Route,
  errorsOf: Sources['errorsOf'],
): Code[] {
  const modelled = awsActions.flatMap(errorsOf).flatMap((name) => codeOf(name) ?? []);
  return [
    'ValidationFailed',
    ...(body ? (['MalformedBody', 'ContentTooLarge', 'UnsupportedMediaType'] as const) : []),
    'NotAcceptable',
    ...problems,
    ...headers.flatMap((name): readonly Code[] => requestHeaders[name].problems),
    ...new Set(modelled),
    ...(awsActions.length > 0 ? upstreamCodes : []),
    ...(method !== 'GET' && awsActions.length > 0 ? (['OutcomeUnknown'] as const) : []),
    'InternalError',
  ];
}

const exampleName = (code: Code, status: number) => (status === problemType(code).status ? code : `${code}.${status}`);

function examplesOfProblem(code: Code) {
  const { title, advice } = problemType(code);
  const instance = 'urn:request:5ff1a2b6-0a7c-4a0e-9a1c-0f9d1f0a7d53';
  return statusesOf(code).map((status) => {
    const value = { type: `/problems/${code}`, title, status, detail: advice, instance, code };
    return [exampleName(code, status), { summary: title, value }] as const;
  });
}
