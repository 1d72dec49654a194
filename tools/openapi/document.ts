import type { JSONSchema } from 'json-schema-to-ts';
import { type Code, codeOf } from '../../src/problems/problemTypes.ts';
import { type RequestHeaderName, requestHeaders } from '../../src/schemas/requestHeaders.ts';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { publisher, type Ref, sharer } from './components.ts';
import { exampleOf } from './exampleFromSchema.ts';
import {
  examplesOfProblem,
  examplesOfSuccesses,
  type Header,
  nameOf,
  type Response,
  responsesOf,
  type SuccessExamples,
  usedHeaders,
  withAllExamples,
} from './responses.ts';
import { commonParameters, description, license, securitySchemes, tags, upstreamCodes } from './texts.ts';

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
export function createOpenApiDocument(routes: Routes, sources: Sources): OpenApi {
  const { operations, components } = createOperations(routes, sources);
  const all = Object.values(routes);
  const paths = byPath(all, operations);
  return {
    openapi: '3.1.1',
    info: { title: 'Global Datastore API', version: sources.version, description, license },
    servers: [{ url: '/', description: 'The server of this document.' }],
    security: [{ sigV4: [] }, { jwt: [] }],
    tags: tags.filter(({ name }) => all.some(({ tag }) => tag === name)),
    paths,
    components: {
      parameters: components.parameters,
      responses: components.responses,
      headers: usedHeaders([paths, components]),
      examples: createExamples(routes, sources),
      securitySchemes,
      schemas: components.schemas,
    },
  };
}

type Routes = Readonly<Record<string, Route>>;

/** Creates the operations, and the components that they refer to. */
function createOperations(routes: Routes, { schemas, examples, errorsOf }: Sources) {
  const named = Object.entries(routes);
  const { publishRequest, publishResponse, published } = publisher(schemas);
  const requests = named.map(([, route]) => publishRequest(requestOf(route)));
  const responses = withAllExamples(
    named.map(([name, route]) =>
      publishResponse(responsesOf(name, route, codesOf(route, errorsOf), examples[name] ?? {})),
    ),
  );
  const parameters = sharer('parameters', requests.flatMap(parametersOf), ({ name }) => name);
  const shared = sharer('responses', responses.flatMap(Object.values<Response>), nameOf);

  const operations = named.map(([name, route], index): Operation => {
    const { parameters: own = [], requestBody } = requests[index] ?? {};
    return {
      ...headOf(name, route),
      parameters: own.map(parameters.share),
      ...(requestBody && { requestBody }),
      responses: Object.fromEntries(
        Object.entries(responses[index] ?? {}).map(([status, response]) => [status, shared.share(response)]),
      ),
    };
  });
  return {
    operations,
    components: { parameters: parameters.shared, responses: shared.shared, schemas: published },
  };
}

const parametersOf = ({ parameters }: { parameters: Parameter[] }) => parameters;

/** Creates the examples of successful responses, and those of the problems that routes can return. */
function createExamples(routes: Routes, { examples, errorsOf }: Sources) {
  const codes = new Set(Object.values(routes).flatMap((route) => codesOf(route, errorsOf)));
  return Object.fromEntries([
    ...Object.keys(routes).flatMap((name) => examplesOfSuccesses(name, examples[name])),
    ...[...codes].flatMap(examplesOfProblem),
  ]);
}

function byPath(routes: readonly Route[], operations: readonly Operation[]): OpenApi['paths'] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [index, { path, method }] of routes.entries()) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operations[index] as Operation };
  }
  return paths;
}

function headOf(operationId: string, { summary, description, tag, unauthenticated, deprecated }: Route) {
  const end = deprecated && `Deprecated since ${deprecated.since}, removed after ${deprecated.sunset}.`;
  const text = [end, description].filter(Boolean).join(' ');
  return {
    operationId,
    summary,
    ...(text && { description: text }),
    tags: [tag],
    ...(deprecated && { deprecated: true }),
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

/**
 * Returns every code that a route can return: of its request, of the AWS actions that it calls, of the connection to AWS, of
 * the route itself. AWS can return more codes than it documents for an action, so the schema of a problem accepts any code.
 */
function codesOf(
  { method, body, awsActions, problems = [], headers = [], unauthenticated, subject }: Route,
  errorsOf: Sources['errorsOf'],
): Code[] {
  const modelled = awsActions.flatMap(errorsOf).flatMap((name) => codeOf(name) ?? []);
  return [
    'ValidationFailed',
    ...(unauthenticated ? [] : (['CallerNotIdentified'] as const)),
    ...(['none', 'region'].includes(subject) ? [] : (['OwnerUnknown'] as const)),
    ...(problems.includes('PolicyDenied') ? (['PolicyUnavailable'] as const) : []),
    ...(body ? (['MalformedBody', 'ContentTooLarge', 'UnsupportedMediaType'] as const) : []),
    'NotAcceptable',
    ...problems,
    ...headers.flatMap((name): readonly Code[] => requestHeaders[name].problems),
    ...new Set(modelled),
    ...(awsActions.length > 0 ? upstreamCodes : []),
    ...(method !== 'GET' && headers.includes('Prefer') ? (['ChangeNotApplied'] as const) : []),
    ...(method !== 'GET' && awsActions.length > 0 ? (['OutcomeUnknown'] as const) : []),
    'InternalError',
  ];
}
