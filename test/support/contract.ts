import { appendFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { inject } from 'vitest';
import { decodePath } from '../../local/apiGateway/routing.ts';
import openapi from '../../openapi.json' with { type: 'json' };
import { API_PROBLEMS, type Code, problemType } from '../../src/problems/problemTypes.ts';
import { gatewayError, problem } from '../../src/schemas/problem.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import type { OpenApi, Operation } from '../../tools/openapi/document.ts';
import type { Response as DocumentedResponse, Header } from '../../tools/openapi/responses.ts';

/** A response of the API. */
export interface ApiResponse {
  readonly status: number;
  /** The headers by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Checks a response against openapi.json: its status, headers, media type and body. The published schemas are open for later
 * versions, so the body is also checked against the strict schemas of `src/schemas`: no undocumented response passes. Throws an
 * Error if the response breaks the contract. Otherwise records the pair of operation and status.
 */
export function assertMatchesContract(method: string, path: string, response: ApiResponse): void {
  const operation = operationAt(method, path);
  const violation = operation ? check(operation, method, response) : checkWithoutRoute(method, response);
  if (violation)
    throw new Error(`${method} ${path} broke the contract: ${violation}\n${response.status} ${response.text}`);
  if (operation) recordPair(`${operation.operationId} ${response.status}`);
}

/** Fetches from a server with the contract of this API and checks the response. */
export async function fetchByContract(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const text = await response.clone().text();
  const { pathname } = new URL(url);
  const path = decodePath(pathname) ?? pathname;
  assertMatchesContract(init.method ?? 'GET', path, { status, headers: Object.fromEntries(headers), text });
  return response;
}

/** Returns every documented status of an operation, with the codes of its problems. */
export function getDocumentedResponses(operationId: string): { status: string; codes: string[] }[] {
  const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
  const { responses = {} } = operations.find((operation) => operation.operationId === operationId) ?? {};
  return Object.entries(responses).map(([status, response]) => {
    const { content } = resolve<DocumentedResponse>(response) ?? {};
    return { status, codes: Object.keys(content?.['application/problem+json']?.examples ?? {}) };
  });
}

const contract = openapi as unknown as OpenApi;
const routePatterns = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(), // methods are case-sensitive in HTTP
    pattern: template(path),
    operation,
  })),
);
const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { 'aws-region': true } });
addFormats.default(ajv);
ajv.addSchema(contract, 'contract');

function operationAt(method: string, path: string): Operation | undefined {
  const served = method === 'HEAD' ? 'GET' : method;
  return routePatterns.find((place) => place.method === served && place.pattern.test(path))?.operation;
}

function check({ operationId, responses }: Operation, method: string, response: ApiResponse): string | undefined {
  const documented = resolve<DocumentedResponse>(responses[response.status]);
  if (!documented) return `the status ${response.status} is not documented`;
  const success = (routes as Readonly<Record<string, Route>>)[operationId]?.responses[response.status];
  const content = method === 'HEAD' ? undefined : documented.content;
  return checkHeaders(documented, response) ?? checkBody(content, response, { ...strictSchemas, ...json(success) });
}

/** Checks the response to a request without a route: only two problems are possible. */
function checkWithoutRoute(method: string, response: ApiResponse): string | undefined {
  if (response.status !== 404 && response.status !== 405)
    return `no route is there, yet the status is ${response.status}`;
  if (response.status === 405 && !response.headers.allow) return 'the header Allow is missing';
  const content = { 'application/problem+json': { schema: problem } };
  return checkBody(method === 'HEAD' ? undefined : content, response, strictSchemas);
}

/** The strict schemas of bodies by media type. `application/json` is from API Gateway unless the status is a success. */
const strictSchemas: Readonly<Record<string, object>> = {
  'application/problem+json': problem,
  'application/json': gatewayError,
};

const json = (success: unknown): Readonly<Record<string, object>> =>
  success ? { 'application/json': success as object } : {};

function checkHeaders({ headers = {} }: DocumentedResponse, { headers: received }: ApiResponse): string | undefined {
  for (const [name, described] of Object.entries(headers)) {
    const { required, schema } = resolve<Header & { schema: { type?: string } }>(described) ?? { schema: {} };
    const value = received[name.toLowerCase()];
    if (value === undefined && required) return `the header ${name} is missing`;
    const validate = compile(restrictToKnownValues(schema));
    if (value !== undefined && !validate(schema.type === 'integer' ? Number(value) : value)) {
      return `the header ${name}: ${value}${describeErrors(validate)}`;
    }
  }
  return received['x-request-id'] ? undefined : 'the header X-Request-Id is missing';
}

/** Returns the schema of a header that accepts the known values only. */
function restrictToKnownValues(schema: object): object {
  const { 'x-known-values': known, ...rest } = schema as { 'x-known-values'?: readonly string[] };
  return known ? { ...rest, enum: known } : schema;
}

function checkBody(
  content: DocumentedResponse['content'],
  { status, headers, text }: ApiResponse,
  strict: Readonly<Record<string, object>>,
): string | undefined {
  if (!content) return text === '' ? undefined : 'there should be no body';
  const [type = ''] = (headers['content-type'] ?? 'none').split(';');
  const { schema, examples } = content[type] ?? {};
  if (!schema || !strict[type]) return `the media type ${type} is not documented`;
  const body = JSON.parse(text) as { code?: Code; status?: number };
  for (const validate of [compile(strict[type]), compile(schema)]) {
    if (!validate(body)) return `the body${describeErrors(validate)}`;
  }
  return type === 'application/problem+json' ? checkProblem(body, status, headers, examples) : undefined;
}

function checkProblem(
  { code, status: bodyStatus }: { code?: Code; status?: number },
  status: number,
  headers: ApiResponse['headers'],
  examples: object | undefined,
): string | undefined {
  if (bodyStatus !== status) return `the body says the status ${bodyStatus}`;
  if (code === undefined) return undefined;
  if (problemType(code).retryAfter !== undefined && !headers['retry-after']) return `${code} comes without Retry-After`;
  const ours = Object.hasOwn(API_PROBLEMS, code) && examples !== undefined; // AWS may return codes that it does not document
  return ours && !Object.hasOwn(examples, code) ? `the code ${code} is not documented` : undefined;
}

const validators = new Map<string, ValidateFunction>();

/** Compiles a part of the contract. References refer to the whole document. */
function compile(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"contract#');
  const validator = validators.get(text) ?? ajv.compile(JSON.parse(text));
  validators.set(text, validator);
  return validator;
}

function resolve<T>(described: object | undefined): T | undefined {
  const { $ref } = (described ?? {}) as { $ref?: string };
  if ($ref === undefined) return described as T | undefined;
  const [, , kind = '', name = ''] = $ref.split('/');
  return contract.components[kind]?.[name] as T | undefined;
}

const describeErrors = ({ errors }: ValidateFunction) =>
  (errors ?? []).map(({ instancePath, message }) => ` ${instancePath} ${message}`).join(';');

function template(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

const recordedPairs = new Set<string>();

function recordPair(pair: string): void {
  if (recordedPairs.has(pair)) return;
  recordedPairs.add(pair);
  appendFileSync(inject('contractPairsFile'), `${pair}\n`);
}
