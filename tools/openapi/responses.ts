import { STATUS_CODES } from 'node:http';
import type { JSONSchema } from 'json-schema-to-ts';
import { type Code, problemType, statusesOf } from '../../src/problems/problemTypes.ts';
import { dryRunAnswer } from '../../src/schemas/dryRun.ts';
import { gatewayError, problem } from '../../src/schemas/problem.ts';
import type { Route } from '../../src/schemas/route.ts';
import { type Ref, ref } from './components.ts';
import { openSchema } from './openSchema.ts';
import { accepted, gatewayResponses, headers, notModified } from './texts.ts';

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

/** Bodies by status, such as `202`. The body of a dry run has the key `200.DryRun`. */
export type SuccessExamples = Readonly<Record<string, unknown>>;

/** Creates the responses of a route by status. */
export const responsesOf = (name: string, route: Route, codes: readonly Code[], examples: SuccessExamples) =>
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
          examples: {
            ...(status in examples && { [name]: ref('examples', `${name}.${status}`) }),
            ...(hasDryRun(schema) && { DryRun: ref('examples', DRY_RUN) }),
          },
        },
      },
    },
  ]);
  if (!route.headers?.includes('If-None-Match')) return successes;
  return [...successes, ['304', { description: notModified, headers: headersOf(route, '304') }]];
}

/** The example of a dry run, the same for all operations. */
const DRY_RUN = 'createGlobalDatastore.200.DryRun';

const hasDryRun = (schema: JSONSchema): boolean => (schema as Described).anyOf?.includes(dryRunAnswer) ?? false;

function describeSuccess(schema: JSONSchema): string {
  const { description = 'The response.', anyOf }: Described = schema as Described;
  return anyOf ? `${anyOf[0]?.description} With DryRun=true: the results of the checks.` : description;
}

interface Described {
  readonly description?: string;
  readonly anyOf?: readonly Described[];
}

/** Merges the examples of responses that differ in nothing else, so that they become one component. */
export function withAllExamples(responses: readonly Record<string, Response>[]): Record<string, Response>[] {
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
  return responses.map((all) =>
    Object.fromEntries(Object.entries(all).map(([status, response]) => [status, merged(response)])),
  );
}

const successIn = ({ content }: Response) => {
  const success = content?.['application/json'];
  return success?.examples && success;
};

/** Returns the name of a response among the components: its codes, or else its status and what it carries. */
export function nameOf({ description, content = {}, headers = {} }: Response): string {
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

function headersOf({ responses, query, headers = [], startsOperation }: Route, status: string): Response['headers'] {
  const changes = '202' in responses;
  return {
    'X-Request-Id': header('X-Request-Id', true),
    traceparent: header('traceparent', true),
    ...(changes && { Location: header('Location', status === '202') }),
    ...(status === '202' && { 'Retry-After': header('Retry-After', true) }),
    ...(headers.includes('If-None-Match') && { ETag: header('ETag', true) }),
    ...(headers.includes('Prefer') && { 'Preference-Applied': header('Preference-Applied', true) }),
    ...(headers.includes('Idempotency-Key') && {
      'Idempotency-Replayed': header('Idempotency-Replayed', true),
      'Idempotency-Status': header('Idempotency-Status', true),
      'Audit-Status': header('Audit-Status', true),
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
      ...(codes.length > 0 && {
        'X-Request-Id': header('X-Request-Id', sure),
        traceparent: header('traceparent', sure),
      }),
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
export function usedHeaders(part: unknown): Record<string, Header> {
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

/** Creates the example components of the successful responses of an operation. */
export function examplesOfSuccesses(name: string, examples: SuccessExamples = {}) {
  return Object.entries(examples).map(([key, value]) => [`${name}.${key}`, { value }] as const);
}

/** Creates the example components of a problem, one for each of its statuses. */
export function examplesOfProblem(code: Code) {
  const { title, advice } = problemType(code);
  const instance = problem.properties.instance.examples[0];
  return statusesOf(code).map((status) => {
    const value = { type: `/problems/${code}`, title, status, detail: advice, instance, code };
    return [exampleName(code, status), { value }] as const;
  });
}

const exampleName = (code: Code, status: number) => (status === problemType(code).status ? code : `${code}.${status}`);
