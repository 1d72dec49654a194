import { STATUS_CODES } from 'node:http';
import type { JSONSchema } from 'json-schema-to-ts';
import { type Code, codeOf, problemType, statusesOf } from '../../src/problems/problemTypes.ts';
import { gatewayError, problem } from '../../src/schemas/problem.ts';
import { type RequestHeaderName, requestHeaders } from '../../src/schemas/requestHeaders.ts';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { publisher, type Ref, ref, sharer } from './components.ts';
import { exampleOf } from './exampleFromSchema.ts';
import { openSchema } from './openSchema.ts';
import {
  accepted,
  commonParameters,
  description,
  gatewayResponses,
  headers,
  license,
  notModified,
  securitySchemes,
  tags,
  upstreamCodes,
} from './texts.ts';

/** The parts of an OpenAPI 3.1 document that this project reads. */
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

/** The response of an operation with one status. */
export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header | Ref>>;
  /** By media type. */
  readonly content?: Readonly<Record<string, { readonly schema: object; readonly examples?: object }>>;
}

/** A header of a response. */
export interface Header {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JSONSchema;
}

/** Bodies by status, such as `202`; that of a dry run as `200.DryRun`. */
type SuccessExamples = Readonly<Record<string, unknown>>;

/** The sources of the document besides the routes. */
export interface Sources {
  readonly version: string;
  /** Schemas that become components, by their names. */
  readonly schemas: Readonly<Record<string, JSONSchema>>;
  /** The bodies of successful responses, by operation. */
  readonly examples: Readonly<Record<string, SuccessExamples>>;
  /** The SDK's class names of the errors that AWS documents for an action. */
  readonly errorsOf: (action: string) => readonly string[];
}

/** Creates the OpenAPI document of `routes` from the same objects that validate, type and refuse. */
export function createOpenApiDocument(
  routes: Readonly<Record<string, Route>>,
  { version, schemas, examples, errorsOf }: Sources,
): OpenApi {
  const named = Object.entries(routes);
  const codes = new Map(named.map(([name, route]) => [name, codesOf(route, errorsOf)]));
  const { publishRequest, publishResponse, published } = publisher(schemas);
  const requests = named.map(([, route]) => publishRequest(requestOf(route)));
  const responses = withAllExamples(
    named.map(([name, route]) => publishResponse(responsesOf(name, route, codes.get(name) ?? [], examples[name]))),
  );
  const parameters = sharer(
    'parameters',
    requests.flatMap((request) => request.parameters),
    ({ name }) => name,
  );
  const shared = sharer(
    'responses',
    responses.flatMap((all) => Object.values(all)),
    nameOf,
  );
  const operations = named.map(([name, route], index): Operation => {
    const { parameters: own = [], requestBody } = requests[index] ?? {};
    return {
      ...headOf(name, route),
      parameters: own.map(parameters.share),
      ...(requestBody && { requestBody }),
      responses: mapValues(responses[index] ?? {}, shared.share),
    };
  });
  const used = new Set(named.map(([, { tag }]) => tag));
  const paths = byPath(Object.values(routes), operations);
  const components = { parameters: parameters.shared, responses: shared.shared };
  return {
    openapi: '3.1.1',
    info: { title: 'Global Datastore API', version, description, license },
    servers: [{ url: '/', description: 'The server of this document.' }],
    security: [{ sigV4: [] }, { jwt: [] }],
    tags: tags.filter(({ name }) => used.has(name)),
    paths,
    components: {
      ...components,
      headers: usedHeaders([paths, components]),
      examples: {
        ...Object.fromEntries(named.flatMap(([name]) => examplesOfSuccesses(name, examples[name]))),
        ...Object.fromEntries([...new Set([...codes.values()].flat())].flatMap(examplesOfProblem)),
      },
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

const mapValues = <From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));

/** Returns the name of a response among the components: its codes, or else its status and what it carries. */
function nameOf({ description, content = {}, headers = {} }: Response): string {
  const codes = Object.keys(content['application/problem+json']?.examples ?? {});
  if (codes.length > 0) return codes.join('.');
  const schema: { $ref?: string; anyOf?: readonly Partial<Ref>[] } = content['application/json']?.schema ?? {};
  const [carried = schema.$ref, dryRun] = (schema.anyOf ?? []).map(({ $ref }) => $ref);
  const status = 'Retry-After' in headers ? ['Accepted'] : [];
  const followed = status.length > 0 && 'Link' in headers ? ['Followed'] : [];
  const gateway = carried?.endsWith('/GatewayError') ? [description.split('.')[0]?.replaceAll(' ', '')] : status;
  const names = [carried, dryRun].flatMap((name) => name?.split('/').at(-1) ?? []);
  return [...gateway, ...names, ...followed].join('.') || 'NotModified';
}

function headOf(operationId: string, { summary, description, tag, unauthenticated }: Route) {
  return {
    operationId,
    summary,
    ...(description && { description }),
    tags: [tag],
    ...(unauthenticated && { security: [] }),
  };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: JSONSchema;
}

function requestOf(route: Route): { parameters: Parameter[]; requestBody?: object } {
  const { query, headers = [], body } = route;
  return {
    parameters: [
      ...Object.entries(schemasOf(route).path.properties).map(([name, schema]) =>
        parameter('path', name, schema, true),
      ),
      ...Object.entries(query?.properties ?? {}).map(([name, schema]) =>
        parameter('query', name, schema, query?.required?.includes(name)),
      ),
      ...headers.map((name) => ({ name, in: 'header', ...picked(requestHeaders[name]) })),
      ...Object.values(commonParameters),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: body, example: exampleOf(body) } } },
    }),
  };
}

const picked = ({ description, schema }: (typeof requestHeaders)[RequestHeaderName]) => ({ description, schema });

function parameter(place: 'path' | 'query', name: string, schema: JSONSchema, required = false): Parameter {
  const { description } = schema as { description?: string };
  return { name, in: place, ...(required && { required }), ...(description && { description }), schema };
}

const responsesOf = (name: string, route: Route, codes: readonly Code[], examples: SuccessExamples = {}) =>
  Object.fromEntries([...successesOf(name, route, examples), ...refusalsOf(route, codes)]);

function successesOf(name: string, route: Route, examples: SuccessExamples): [string, Response][] {
  const successes = Object.entries(route.responses).map(([status, schema]): [string, Response] => [
    status,
    {
      description: status === '202' ? accepted : describeSuccess(schema),
      headers: headersOf(route, status),
      content: {
        'application/json': {
          schema: schema as object,
          examples: Object.fromEntries(
            Object.entries(examples)
              .filter(([key]) => key.startsWith(status))
              .map(([key]) => [`${name}${isDryRun(key) ? '.DryRun' : ''}`, ref('examples', `${name}.${key}`)]),
          ),
        },
      },
    },
  ]);
  if (!route.headers?.includes('If-None-Match')) return successes;
  return [...successes, ['304', { description: notModified, headers: headersOf(route, '304') }]];
}

const isDryRun = (key: string) => key.endsWith('DryRun');

function describeSuccess(schema: JSONSchema): string {
  const { description = 'The response.', anyOf }: Described = schema as Described;
  return anyOf ? `${anyOf[0]?.description} With DryRun=true: ${anyOf[1]?.description}` : description;
}

interface Described {
  readonly description?: string;
  readonly anyOf?: readonly Described[];
}

/** Gives responses that differ in their examples only the examples of all of them, so that they become one component. */
function withAllExamples(responses: readonly Record<string, Response>[]): Record<string, Response>[] {
  const without = (response: Response) =>
    JSON.stringify(response, (key, value) => (key === 'examples' && successIn(response) ? undefined : value));
  const alike = Map.groupBy(
    responses.flatMap((all) => Object.values(all)),
    without,
  );
  const merged = (response: Response): Response => {
    const success = successIn(response);
    if (!success) return response;
    const examples = Object.assign({}, ...(alike.get(without(response)) ?? []).map((one) => successIn(one)?.examples));
    return { ...response, content: { 'application/json': { ...success, examples } } };
  };
  return responses.map((all) => mapValues(all, merged));
}

const successIn = ({ content }: Response) => {
  const success = content?.['application/json'];
  return success?.examples && success;
};

function examplesOfSuccesses(name: string, examples: SuccessExamples = {}) {
  return Object.entries(examples).map(([key, value]) => [`${name}.${key}`, { value }] as const);
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

/** Returns the responses that are no success, by status: problems of this API, and what API Gateway responds in its place. */
function refusalsOf(route: Route, codes: readonly Code[]): [string, Response][] {
  const byGateway = Object.entries(gatewayResponses).filter(([, { open }]) => open || !route.unauthenticated);
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
      ...(codes.length > 0 ? [`Codes: ${codes.join(', ')}.`] : []),
      ...(gateway ? [`Without a code: ${gateway}`] : []),
    ].join(' '),
    headers: {
      ...(codes.length > 0 && { 'X-Request-Id': header('X-Request-Id', sure) }),
      ...(waits.length > 0 && { 'Retry-After': header('Retry-After', sure && waits.length === codes.length) }),
      ...(status === '412' && { ETag: header('ETag', true) }),
      ...(status === '415' && { Accept: header('Accept', true) }),
    },
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: problem,
          examples: Object.fromEntries(codes.map((code) => [code, ref('examples', exampleName(code, Number(status)))])),
        },
      }),
      ...(gateway && { 'application/json': { schema: gatewayError } }),
    },
  };
}

/** A header of a response that always has it, or that may have it. */
const header = (name: keyof typeof headers, sure: boolean): Ref =>
  ref('headers', sure || !('required' in headers[name]) ? name : `${name}.Optional`);

/** Returns the headers that a part of the document refers to. */
function usedHeaders(part: unknown): Record<string, Header> {
  const text = JSON.stringify(part);
  const both = Object.entries(headers).flatMap(([name, described]): [string, Header][] => {
    const { required: _, ...optional }: Header = described;
    return [
      [name, described],
      [`${name}.Optional`, optional],
    ];
  });
  const used = both.filter(([name]) => text.includes(`"#/components/headers/${name}"`));
  return Object.fromEntries(used.map(([name, described]) => [name, openHeader(described)]));
}

const openHeader = (described: Header): Header => ({ ...described, schema: openSchema(described.schema as object) });

/**
 * Returns every code that a route can return: of its request, of the AWS actions that it calls, of the connection to AWS, of
 * the route itself. AWS can return more than it documents for an action, so the schema of a problem accepts any code.
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
  const instance = problem.properties.instance.examples[0];
  return statusesOf(code).map((status) => {
    const value = { type: `/problems/${code}`, title, status, detail: advice, instance, code };
    return [exampleName(code, status), { value }] as const;
  });
}
